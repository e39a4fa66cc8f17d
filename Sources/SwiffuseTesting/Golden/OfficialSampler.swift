public import SwiffuseDiffusion

/// A sampler as the official configurations describe it, in terms of our parts.
public struct OfficialSampler: Sendable {
    public enum Method: Sendable, Hashable {
        case euler
        case heun(HeunSolver.Evaluations)
        case adams(order: Int)
    }

    public let method: Method
    /// The step functions; both `ode` for Adams.
    public let step: StochasticStep
    /// What the network predicts: the image for the classes with JiT in their names, else the velocity.
    public let prediction: PredictionSpace
    /// Whether a weaker network takes the place of the unconditional half.
    public let isAutoGuided: Bool
    public let grid: TimeGrid
    public let guidance: ClassifierFreeGuidance

    private static let knownKeys: Set<String> = [
        "cls", "num_steps", "guidance", "guidance_interval_min", "guidance_interval_max", "timeshift", "w", "gamma",
        "order", "exact_henu", "last_step", "step_fn", "last_step_fn", "guidance_fn", "scheduler",
    ]

    /// - Throws: `GoldenError.unsupported` for classes and options without a counterpart here.
    public init(_ settings: FixtureSettings) throws(GoldenError) {
        if let key = settings.values.keys.sorted().first(where: { !Self.knownKeys.contains($0) }) {
            throw .unsupported(reason: "the sampler option \(key)")
        }
        let name = try settings.text("cls")
        prediction = name.contains("JiT") ? .image : .velocity
        isAutoGuided = name == "EulerSamplerJiTAutoGuidance"
        switch name {
        case "EulerSampler", "EulerSamplerJiT", "EulerSamplerJiTAutoGuidance": method = .euler
        case "HeunSampler", "HeunSamplerJiT":
            method = .heun(try settings.bool("exact_henu", default: false) ? .exact : .reused)
        case "AdamLMSampler", "AdamLMSamplerJiT":
            let order = try settings.integer("order", default: 2)
            guard (1...4).contains(order) else { throw settings.malformed("order", "is not 1 to 4") }
            method = .adams(order: order)
        default: throw .unsupported(reason: "the sampler class \(name)")
        }
        step = try StochasticStep(settings)
        if case .adams = method, !step.isPlain { throw .unsupported(reason: "stochastic steps with \(name)") }
        let scheduler = try settings.text("scheduler", default: "LinearScheduler")
        guard scheduler == "LinearScheduler" else { throw .unsupported(reason: "the path \(scheduler)") }
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
