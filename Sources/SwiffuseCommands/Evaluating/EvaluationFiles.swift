import ArgumentParser
import Foundation

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
    ///
    /// - Parameter inputs: what is read, with names for messages: none of it may be written over.
    func check(apartFrom inputs: [(name: String, path: String?)]) throws {
        var taken = inputs.compactMap { name, path in path.map { (name, Self.resolved($0)) } }
        for (flag, path) in [
            ("--save-statistics", saveStatistics), ("--save-features", saveFeatures), ("--export", export),
        ] {
            guard let path else { continue }
            try OutputFile.check(path, flag: flag, extensions: ["npz"])
            let place = Self.resolved(path)
            if let (other, _) = taken.first(where: { $0.1 == place }) {
                throw UserError("\(flag): \(path) is the file of \(other) too; name another file to write")
            }
            taken.append((flag, place))
        }
    }

    /// Where a path leads; its last part need not exist.
    private static func resolved(_ path: String) -> String {
        let named = URL(fileURLWithPath: path).standardizedFileURL
        let folder = named.deletingLastPathComponent().resolvingSymlinksInPath()
        return folder.appendingPathComponent(named.lastPathComponent).resolvingSymlinksInPath().path
    }
}
