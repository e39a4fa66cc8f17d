import ArgumentParser
import Swiffuse

/// Tells what a file is.
struct InfoCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tell what a checkpoint, a run's folder or a picture is.",
        discussion: """
            For a checkpoint: the update after which it was written, its parts with their numbers of tensors and \
            values, and the SHA-256 of the file and of each part's data. For a PyTorch file: its tensors and other values, \
            without running anything in it. For an .npz file: its arrays. For a PNG: its size and its texts, such as \
            the parameters that it was drawn with.

            Examples:
              swiffuse info run
              swiffuse info run/checkpoint.safetensors --recipe
              swiffuse info samples.png
            """)

    @Argument(help: "A checkpoint, a safetensors, PyTorch or .npz file, the folder of a run, a PNG or a JPEG.")
    var path: String

    @Flag(help: "Print the recipe in a checkpoint, and nothing else.")
    var recipe = false

    func run(in environment: CommandEnvironment) throws -> Int32 {
        if try isPicture() {
            guard !recipe else {
                throw UserError("--recipe: \(path) is a picture; give a checkpoint or a run's folder")
            }
            for line in try PictureReport(path: path).lines { environment.say(line) }
            return 0
        }
        if !RunFolder.isFolder(path), NPZReport.recognises(path) {
            guard !recipe else { throw UserError("--recipe: \(path) is an .npz file, which carries none") }
            for line in try NPZReport(path: path).lines() { environment.say(line) }
            return 0
        }
        if !RunFolder.isFolder(path), try TensorFiles.isTorch(path) {
            guard !recipe else { throw UserError("--recipe: \(path) is a PyTorch file, which carries none") }
            for line in try TorchReport(path: path).lines() { environment.say(line) }
            return 0
        }
        let report = try CheckpointReport(path: RunFolder.checkpointPath(at: path))
        if recipe {
            environment.output.write(try report.recipeText(registry: environment.registry))
        } else {
            for line in try report.lines() { environment.say(line) }
        }
        return 0
    }

    private func isPicture() throws -> Bool {
        guard !RunFolder.isFolder(path) else { return false }
        return try PictureReport.recognises(path)
    }
}
