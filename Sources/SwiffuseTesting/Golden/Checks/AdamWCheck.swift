public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
import SwiffuseTraining

/// Kind `adamw_ema`: optimiser, clipping, warm-up and running average over some steps with given gradients, one case
/// each.
public struct AdamWCheck: GoldenCheck {
    public let kinds = ["adamw_ema"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let config = try fixture.config
        return fixture.resultsByCase { name in
            let run = try AdamWRun(fixture, name: name, settings: config.settings(name), on: device)
            return try run.compare(fixture, name: name)
        }
    }
}

/// One run of the optimiser, recorded step by step.
private struct AdamWRun {
    /// Values of each parameter after each step.
    private var parameters: [[[Float]]]
    private var averages: [[[Float]]]
    private var firstMoments: [[Float]] = []
    private var secondMoments: [[Float]] = []
    private var norms: [Double] = []
    private var rates: [Double] = []
    private let start: ParameterStore

    init(_ fixture: GoldenFixture, name: String, settings: FixtureSettings, on device: any Device) throws {
        let configuration = try AdamWRun.configuration(settings)
        let shapes = try AdamWRun.shapes(fixture, name: name)
        let scope = Scope()
        for (index, shape) in shapes.enumerated() { _ = scope.parameter("p\(index)", Shape(shape), initial: .zeros) }
        start = try fixture.parameters(
            of: scope, prefix: "inputs.\(name).", leaving: ["inputs.\(name).g"], on: device)
        parameters = shapes.map { _ in [] }
        averages = parameters
        let gradients = try shapes.enumerated().map { index, shape in
            try fixture.tensor("inputs.\(name).g\(index)", shape: [nil] + shape.map { $0 }, on: device)
        }
        let optimizer = configuration.adamW
        var store = start
        var state = optimizer.begin(store)
        let stepCount = gradients.map { $0.shape[0] }.min() ?? 0
        for step in 0..<stepCount {
            let rate = configuration.learningRate(at: step)
            let now = zip(gradients, shapes).map { $0.sliced(along: 0, step..<step + 1).reshaped(to: $1) }
            let norm = optimizer.update(&store, &state, gradients: Gradients(values: now), learningRate: rate)
            norms.append(Double(try norm.scalar()))
            rates.append(rate)
            for index in shapes.indices {
                parameters[index].append(try store.values[index].scalars())
                averages[index].append(try state.averages[0].values[index].scalars())
            }
        }
        firstMoments = try state.first.map { try $0.scalars() }
        secondMoments = try state.second.map { try $0.scalars() }
    }

    /// Compares every output of the case.
    func compare(_ fixture: GoldenFixture, name: String) throws -> [GoldenResult] {
        let bound = try fixture.bound(for: "outputs_except_delta")
        var results = [
            try list(norms, "outputs.\(name).grad_norm", bound, fixture),
            try list(rates, "outputs.\(name).lr", bound, fixture),
        ]
        let tolerance = try fixture.description.root.settings("tolerance").settings("delta").settings(name)
        let deltaBound = GoldenBound.relativeL2(try tolerance.number("rel_l2"))
        for (index, parameter) in start.parameters.enumerated() {
            let shape = parameter.shape
            let steps = Shape([norms.count] + shape.dimensions)
            let initial = try start.values[index].scalars()
            // The displacement is taken in Float64: Float32 would add an error of its own.
            let delta = parameters[index].flatMap { zip($0, initial).map { Double($0) - Double($1) } }
            let quantities: [(String, [Double], Shape, GoldenBound)] = [
                ("p", parameters[index].flatMap { $0.map { Double($0) } }, steps, bound),
                ("ema", averages[index].flatMap { $0.map { Double($0) } }, steps, bound),
                ("delta", delta, steps, deltaBound),
                ("exp_avg", firstMoments[index].map { Double($0) }, shape, bound),
                ("exp_avg_sq", secondMoments[index].map { Double($0) }, shape, bound),
            ]
            for (quantity, values, shape, bound) in quantities {
                let key = "outputs.\(name).\(quantity)\(index)"
                results.append(try fixture.compare(values, shape: shape, with: key, bound: bound))
            }
        }
        return results
    }

    private func list(
        _ values: [Double], _ key: String, _ bound: GoldenBound, _ fixture: GoldenFixture
    ) throws -> GoldenResult {
        try fixture.compare(values, shape: [values.count], with: key, bound: bound)
    }

    /// The official names and PyTorch's defaults, as our configuration.
    private static func configuration(_ settings: FixtureSettings) throws -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.optimizer.learningRate = try settings.number("lr")
        if settings.contains("betas") {
            let betas = try settings.list("betas").compactMap(\.number)
            guard betas.count == 2 else { throw settings.malformed("betas", "are not two numbers") }
            (configuration.optimizer.beta1, configuration.optimizer.beta2) = (betas[0], betas[1])
        }
        configuration.optimizer.epsilon = try settings.number("eps", default: 1e-8)
        configuration.optimizer.weightDecay = try settings.number("weight_decay", default: 0.01)
        configuration.gradientClipping = try settings.number("clip", default: 0)
        configuration.ema = [try settings.number("ema")]
        if settings.contains("warmup") {
            configuration.schedule.type = .warmUp
            configuration.schedule.warmupSteps = try settings.integer("warmup")
        }
        try configuration.validate()
        return configuration
    }

    /// Shapes of p0, p1, … .
    private static func shapes(_ fixture: GoldenFixture, name: String) throws -> [[Int]] {
        var shapes: [[Int]] = []
        while fixture.contains("inputs.\(name).p\(shapes.count)") {
            shapes.append(try fixture.shape(of: "inputs.\(name).p\(shapes.count)"))
        }
        guard !shapes.isEmpty else { throw fixture.malformed("the case \(name) has no parameters") }
        return shapes
    }
}
