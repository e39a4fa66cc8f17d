public import SwiffuseDiffusion

/// A sampler as the official configurations describe it, in terms of our parts.
public struct OfficialSampler: Sendable {
    public enum Method: Sendable, Hashable {
        case euler
        case heun(HeunSolver.Evaluations)
        case adams(order: Int)
    }

    public let method: Method
    /// What the network predicts: the image for the classes whose names end in JiT, else the velocity.
    public let prediction: PredictionSpace
    public let grid: TimeGrid
    public let guidance: ClassifierFreeGuidance

    private static let knownKeys: Set<String> = [
        "cls", "num_steps", "guidance", "guidance_interval_min", "guidance_interval_max", "timeshift", "w", "order",
        "exact_henu", "last_step", "step_fn", "last_step_fn", "guidance_fn",
    ]

    /// - Throws: `GoldenError.unsupported` for classes and options without a counterpart here.
    public init(_ settings: FixtureSettings) throws(GoldenError) {
        if let key = settings.values.keys.sorted().first(where: { !Self.knownKeys.contains($0) }) {
            throw .unsupported(reason: "the sampler option \(key)")
        }
        for key in ["step_fn", "last_step_fn"] {
            let function = try settings.text(key, default: "ode_step_fn")
            guard function == "ode_step_fn" else { throw .unsupported(reason: "stochastic steps (\(function))") }
        }
        let name = try settings.text("cls")
        prediction = name.hasSuffix("JiT") ? .image : .velocity
        switch name {
        case "EulerSampler", "EulerSamplerJiT": method = .euler
        case "HeunSampler", "HeunSamplerJiT":
            method = .heun(try settings.bool("exact_henu", default: false) ? .exact : .reused)
        case "AdamLMSampler", "AdamLMSamplerJiT":
            let order = try settings.integer("order", default: 2)
            guard (1...4).contains(order) else { throw settings.malformed("order", "is not 1 to 4") }
            method = .adams(order: order)
        default: throw .unsupported(reason: "the sampler class \(name)")
        }
        grid = try Self.grid(settings)
        guidance = ClassifierFreeGuidance(
            scale: Float(try settings.number("guidance", default: 1)),
            interval: GuidanceInterval(
                low: Float(try settings.number("guidance_interval_min", default: 0)),
                high: Float(try settings.number("guidance_interval_max", default: 1))),
            rescale: try Self.rescale(settings))
    }

    private static func grid(_ settings: FixtureSettings) throws(GoldenError) -> TimeGrid {
        let steps = try settings.integer("num_steps")
        guard (1...10_000).contains(steps) else { throw settings.malformed("num_steps", "is not 1 to 10000") }
        let last =
            settings.contains("last_step") ? TimeGrid.LastStep.width(try settings.number("last_step")) : .automatic
        return TimeGrid(
            stepCount: steps, shift: Float(try settings.number("timeshift", default: 1)), lastStep: last)
    }

    /// The official functions: plain guidance, or with 0.7 of the standard deviation put back.
    private static func rescale(_ settings: FixtureSettings) throws(GoldenError) -> Float {
        switch try settings.text("guidance_fn", default: "simple_guidance_fn") {
        case "simple_guidance_fn": return 0
        case "guidance_fn_with_rescale": return 0.7
        case let other: throw .unsupported(reason: "the guidance function \(other)")
        }
    }
}
