import ArgumentParser
import Swiffuse

/// The flags of auto-guidance: a weaker network to draw away from.
struct AutoGuidanceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Guide away from a weaker checkpoint instead of from no class.", valueName: "checkpoint"))
    var autoGuidance: String?

    @Option(help: ArgumentHelp("Its weights: raw, or the decay of a running average.", valueName: "choice"))
    var autoGuidanceEma: String?

    func validate() throws {
        if autoGuidanceEma != nil && autoGuidance == nil {
            throw ValidationError("--auto-guidance-ema: goes with --auto-guidance, which is missing")
        }
        _ = try WeightsFlag.choice(autoGuidanceEma, flag: "--auto-guidance-ema")
    }
}

/// A choice of weights as flags spell it.
enum WeightsFlag {
    /// - Parameter text: raw, automatic or a decay; nil stays nil.
    static func choice(_ text: String?, flag: String) throws -> WeightsChoice? {
        guard let text else { return nil }
        if text == "raw" { return .raw }
        if text == "automatic" { return .automatic }
        guard let decay = Double(text), decay.isFinite else {
            throw ValidationError("\(flag): found '\(text)', expected raw, automatic or a decay such as 0.999")
        }
        return .average(decay: decay)
    }
}
