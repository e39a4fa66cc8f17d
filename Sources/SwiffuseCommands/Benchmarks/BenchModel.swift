import Swiffuse

/// A model of a benchmark's size with random weights, and what can be done with it.
struct BenchModel {
    let model: DiffusionModel
    let registry: Registry
    let clock: BenchClock
    private let networks: FrozenNetworks

    init(_ clock: BenchClock, registry: Registry) throws {
        self.init(clock, model: try DiffusionModel(try clock.size.recipe, registry: registry), registry: registry)
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

    func forward() throws -> BenchResult {
        let pass = Pass(store())
        let images = images()
        let times = Tensor([Float](repeating: 0.4, count: batch), shape: [batch], on: device)
        let condition = Condition.classes(labels, on: device)
        return try clock.measure("forward", "jit", amount: Double(batch), unit: "images/s") {
            let raw = model.backbone.predict(images, times: times, condition: condition, in: pass)
            if let failure = raw.failure { throw failure }
        }
    }

    /// Loss, gradients, AdamW and one running average.
    func trainStep(_ suite: String = "train-step", _ name: String = "jit") throws -> BenchResult {
        let objective = TrainingObjective(model, networks: networks)
        let optimizer = AdamW(decays: [0.9999])
        var store = store()
        var state = optimizer.begin(store)
        let images = images()
        var number = 0
        return try clock.measure(suite, name, amount: Double(batch), unit: "images/s") {
            let result = try store.valueAndGradients { store in
                let loss = objective.loss(images: images, labels: labels, batch: number, store: store)
                return (loss, loss.detached())
            }
            _ = try result.result.scalar()
            optimizer.update(&store, &state, gradients: result.gradients, learningRate: 1e-4)
            number += 1
        }
    }

    /// Exact Heun with guidance 2.25 inside 0.1…0.9 and timeshift 2, as PixelGen samples, in few steps.
    func sample(steps: Int) throws -> BenchResult {
        let sampler = DiffusionSampler(
            backbone: model.backbone,
            guidance: ClassifierFreeGuidance(
                scale: 2.25, interval: GuidanceInterval(low: 0.1, high: 0.9, convention: .jit)),
            grid: TimeGrid(stepCount: steps, shift: 2))
        let pass = Pass(store())
        let noise = images()
        let condition = SamplingCondition.classes(labels, of: model.recipe.model, on: device)
        return try clock.measure("sample", "heun, \(steps) steps", amount: Double(batch), unit: "images/s") {
            _ = try sampler.sample(from: noise, condition: condition, in: pass).images
        }
    }

    private var labels: [Int] { (0..<batch).map { $0 % 10 } }

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
}
