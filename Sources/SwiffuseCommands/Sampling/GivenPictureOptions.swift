import ArgumentParser

/// The flags that start from pictures in files.
struct GivenPictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Draw variations of this picture.", valueName: "image"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            "How much may change: the picture is noised to t = 1 - s, s within 0.001 to 1. Default: 0.6 with --from, 1 with --inpaint.",
            valueName: "s"))
    var strength: Double?

    @Option(help: ArgumentHelp("Draw parts of this picture anew.", valueName: "image"))
    var inpaint: String?

    @Option(help: ArgumentHelp("The parts of --inpaint: white is drawn anew, black kept.", valueName: "image"))
    var mask: String?

    @Option(help: ArgumentHelp("Find this picture's noise and draw from it again.", valueName: "image"))
    var invert: String?

    func validate() throws {
        if let strength, !(0.001...1).contains(strength) {
            throw ValidationError("--strength: found \(strength), expected 0.001 to 1")
        }
        let given = [("--from", from), ("--inpaint", inpaint), ("--invert", invert)].filter { $0.1 != nil }.map(\.0)
        if given.count > 1 { throw ValidationError("\(given.joined(separator: " and ")): give one of them") }
        if strength != nil && from == nil && inpaint == nil {
            throw ValidationError("--strength: goes with --from or --inpaint, which is missing")
        }
        if (mask == nil) != (inpaint == nil) {
            throw ValidationError(
                mask == nil ? "--inpaint: needs --mask, white where to draw anew" : "--mask: goes with --inpaint")
        }
    }

    var isEmpty: Bool { from == nil && inpaint == nil && invert == nil }
}
