import Swiffuse

/// One update of a PixelGen of a benchmark's size, and what its parts cost: random weights throughout, VGG-16 and
/// DINOv2-B/14 in their real sizes.
struct BenchPixelGen {
    private let clock: BenchClock
    private let model: DiffusionModel
    private let networks: FrozenNetworks
    private let bench: BenchModel
    private let gated: BenchModel

    private static let suite = "pixelgen-step"

    init(_ clock: BenchClock, registry: Registry) throws {
        self.clock = clock
        model = try Self.model(clock.size, gate: nil, registry)
        networks = try FrozenNetworks(loading: model.frozenNetworks, on: clock.device)
        bench = BenchModel(clock, model: model, registry: registry, networks: networks)
        gated = BenchModel(
            clock, model: try Self.model(clock.size, gate: 0.3, registry), registry: registry, networks: networks)
    }

    /// The whole update, then its parts one by one; each part's gradient is that by the predicted image, or by the inner
    /// features.
    func run() throws -> [BenchResult] {
        try gated.trainStep(Self.suite, "whole update")
            + bench.trainStep(Self.suite, "with all images past the gate")
            + BenchModel(clock, registry: bench.registry).trainStep(Self.suite, "without these losses")
            + model.losses.flatMap { try measure($0) }
    }

    /// - Parameter gate: the time from which images count for LPIPS and P-DINO; nil for all.
    private static func model(_ size: BenchSize, gate: Double?, _ registry: Registry) throws -> DiffusionModel {
        let recipe = try Recipe(
            try size.recipe.tree(),
            overrides: [RecipeOverride(path: ["losses"], value: .list(losses(size, gate: gate)))], registry: registry)
        return try DiffusionModel(recipe, registry: registry)
    }

    private func measure(_ loss: ModelLoss) throws -> [BenchResult] {
        let device = clock.device
        let reference = bench.images()
        let predicted = reference * 0.9
        let pass = Pass(bench.store())
        let times = [Float](repeating: 0.7, count: clock.batch)
        return try clock.measure(
            Self.suite, "\(loss.name), with gradient", amount: Double(clock.batch), unit: "images/s"
        ) {
            let tape = Tape()
            let seen = tape.watch(predicted)
            var features: [FeatureTap: Tensor] = [:]
            for tap in loss.loss.taps {
                guard let spec = model.backbone.featureSpec(at: tap) else { continue }
                let shape: Shape = [clock.batch, spec.rows * spec.columns, spec.width]
                features[tap] = tape.watch(Tensor.random(.normal, shape, from: Philox(seed: 3), on: device))
            }
            let context = LossContext(times: times, features: features, pass: pass, networks: networks)
            let value = loss.loss.values(of: seen, reference: reference, in: context).mean()
            _ = tape.gradients(of: value, withRespectTo: [seen] + Array(features.values))
            _ = try value.detached().scalar()
        }
    }

    private static func losses(_ size: BenchSize, gate: Double?) -> [RecipeValue] {
        let patch: RecipeValue = size == .tiny ? 4 : 16
        let encoder: RecipeValue = ["basePatchSize": patch, "weights": ["source": "random"]]
        let gated: (RecipeValue) -> RecipeValue = { loss in
            guard let gate, case .map(var entries) = loss else { return loss }
            entries["gate"] = ["from": .number(gate), "convention": "paper"]
            return .map(entries)
        }
        return [
            ["type": "repa", "weight": 0.5, "alignLayer": size == .tiny ? 4 : 8, "encoder": encoder],
            gated([
                "type": "lpips", "weight": 0.1, "weights": ["source": "random"], "headWeights": ["source": "random"],
            ]),
            gated(["type": "p-dino", "weight": 0.01, "encoder": encoder]),
        ]
    }
}
