import ArgumentParser

/// The flags that say what to write, and where.
struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write all pictures into one PNG.", valueName: "file"))
    var grid: String?

    @Option(help: ArgumentHelp("Write each picture into a PNG of its own in this folder.", valueName: "dir"))
    var out: String?

    @Option(help: ArgumentHelp("Write a PNG with a row per picture, a column per step.", valueName: "file"))
    var trajectory: String?

    @Option(help: ArgumentHelp("Write an animated PNG with a frame per step.", valueName: "file"))
    var apng: String?

    @Option(
        help: ArgumentHelp("Write all pictures into an .npz as the ADM suite reads it (uint8, RGB).", valueName: "file")
    )
    var npz: String?

    /// Where the pictures go; a grid in `samples.png` if nothing is said.
    var files: PictureFiles {
        let isSilent = grid == nil && out == nil && trajectory == nil && apng == nil && npz == nil
        return PictureFiles(
            folder: out, grid: isSilent ? "samples.png" : grid, trajectory: trajectory, animation: apng, npz: npz)
    }
}
