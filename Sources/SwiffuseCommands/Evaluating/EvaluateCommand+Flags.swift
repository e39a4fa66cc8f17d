/// Flags that a combination of samples and reference has no use for: they are refused, not ignored.
extension EvaluateCommand {
    /// The flags given that say how samples are drawn.
    var flagsOfDrawing: [String] { sampling.given + (seed == nil ? [] : ["--seed"]) }

    /// The flags given that say what becomes of samples.
    var flagsOfSamples: [String] {
        let values: [(String, Bool)] = [
            ("--count", count != nil), ("--save-features", kept.saveFeatures != nil), ("--export", kept.export != nil),
            ("--json", json),
        ]
        return flagsOfDrawing + values.filter(\.1).map(\.0)
    }

    /// - Throws: `UserError` naming the flags, if there are any.
    func refuse(_ flags: [String], because reason: String) throws {
        guard !flags.isEmpty else { return }
        throw UserError("\(flags.joined(separator: ", ")): \(reason); leave \(flags.count == 1 ? "it" : "them") out")
    }
}
