import ArgumentParser

/// The flags that name files which `evaluate` writes.
struct EvaluationFiles: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the real pictures' statistics into an .npz (mu, sigma …) for --reference.", valueName: "file"))
    var saveStatistics: String?

    @Option(
        help: ArgumentHelp("Write the samples' features into an .npz (features, logits).", valueName: "file"))
    var saveFeatures: String?

    @Option(
        help: ArgumentHelp(
            "Write drawn samples into an .npz as the ADM suite reads it (uint8, RGB).", valueName: "file"))
    var export: String?

    /// Finds out whether everything can be written, before any work is done.
    func check() throws {
        for (flag, path) in [
            ("--save-statistics", saveStatistics), ("--save-features", saveFeatures), ("--export", export),
        ] {
            if let path { try OutputFile.check(path, flag: flag, extensions: ["npz"]) }
        }
    }
}
