import Foundation
import Swiffuse

/// A model of a benchmark's size with random weights, and what can be done with it.
struct BenchModel {
    let model: DiffusionModel
    let registry: Registry
    let clock: BenchClock
    private let networks: FrozenNetworks

    init(_ clock: BenchClock, registry: Registry) throws {
        let model = try DiffusionModel(try clock.recipe ?? clock.size.recipe, registry: registry)
        self.init(
            clock, model: model, registry: registry,
            networks: try FrozenNetworks(loading: model.frozenNetworks, on: clock.device))
    }

    /// - Parameter networks: weights of the networks that the model's losses look through.
    init(_ clock: BenchClock, model: DiffusionModel, registry: Registry, networks: FrozenNetworks = .none) {
        self.clock = clock
        self.model = model
        self.registry = registry
        self.networks = networks
    }

    private var device: any Device { clock.device }
    private var batch: Int { clock.batch }

    func forward() throws -> [BenchResult] {
        let pass = Pass(drawingStore())
        let images = images()
        let times = Tensor([Float](repeating: 0.4, count: batch), shape: [batch], on: device)
        let condition = Condition.classes(labels, on: device)
        return try clock.measure("forward", model.recipe.backbone.type, amount: Double(batch), unit: "images/s") {
            let raw = model.backbone.predict(images, times: times, condition: condition, in: pass)
            if let failure = raw.failure { throw failure }
        }
    }

    /// Loss, gradients, AdamW and one running average.
    func trainStep(_ suite: String = "train-step", _ name: String? = nil) throws -> [BenchResult] {
        let objective = TrainingObjective(model, networks: networks)
        let optimizer = AdamW(decays: [0.9999])
        var store = store()
        var state = optimizer.begin(store)
        let images = images()
        var noise = Philox(seed: 6)
        return try clock.measure(suite, name ?? model.recipe.backbone.type, amount: Double(batch), unit: "images/s") {
            let result = try store.valueAndGradients { store in
                let loss = objective.loss(
                    images: images, noise: Tensor.normal(images.shape, using: &noise, on: device), times: times,
                    condition: .classes(labels, on: device), in: Pass(store))
                return (loss, loss.detached())
            }
            _ = try result.result.scalar()
            _ = try optimizer.update(&store, &state, gradients: result.gradients, learningRate: 1e-4).scalar()
            if let failure = store.values.lazy.compactMap(\.failure).first { throw failure }
        }
    }

    /// Exact Heun with timeshift 2 in few steps: with guidance 2.25 inside 0.1…0.9, as PixelGen samples, and without.
    func sample(steps: Int) throws -> [BenchResult] {
        let pass = Pass(drawingStore())
        let noise = images()
        let condition = SamplingCondition.classes(labels, of: model.recipe.model, on: device)
        return try [("guided", 2.25 as Float), ("unguided", 1)].flatMap { name, scale in
            let sampler = DiffusionSampler(
                backbone: model.backbone,
                guidance: ClassifierFreeGuidance(
                    scale: scale, interval: GuidanceInterval(low: 0.1, high: 0.9, convention: .jit)),
                grid: TimeGrid(stepCount: steps, shift: 2))
            return try clock.measure("sample", name, amount: Double(batch), unit: "images/s") {
                _ = try sampler.sample(from: noise, condition: condition, in: pass).images
            }
        }
    }

    /// The same in every run, from 0.14 to 0.55, about half of them before PixelGen's gate of 0.3, as most that its
    /// logit-normal(−0.8, 0.8) draws; 0.5 for one image.
    private var times: [Float] {
        (0..<batch).map { index in
            batch == 1 ? 0.5 : 1 / (1 + exp(1.8 - 2 * Float(index) / Float(batch - 1)))
        }
    }

    private var labels: [Int] { (0..<batch).map { $0 % max(1, model.recipe.classes) } }

    func images() -> Tensor {
        let image = model.recipe.image
        return Tensor.random(
            .normal, [batch, image.channels, image.height, image.width], from: Philox(seed: 1), on: device)
    }

    /// Random weights, drawn on the device: first values of a large model take long to draw.
    func store() -> ParameterStore {
        let parameters = model.scope.parameters
        return ParameterStore(
            parameters,
            values: parameters.map {
                Tensor.random(.normal, $0.shape, from: Philox(seed: 2, stream: UInt64($0.index)), on: device) * 0.02
            })
    }

    /// The same, lying as the device multiplies by them fastest.
    private func drawingStore() -> ParameterStore {
        var store = store()
        store.layOutForProducts()
        return store
    }
}
