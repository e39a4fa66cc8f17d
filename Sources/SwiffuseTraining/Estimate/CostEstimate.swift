public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor

/// What a recipe costs, found without computing or allocating anything.
///
/// The model runs on a device that only counts. Memory is what tensors ask for at once; an allocator's rounding,
/// decoded images and the program itself come on top. Arithmetic counts a multiplication and an addition as two
/// operations; a kernel's backward pass counts as twice its forward pass.
public struct CostEstimate: Sendable {
    /// A shape on the way through the network.
    public struct Stage: Sendable, Hashable {
        public let name: String
        public let shape: Shape
    }

    /// Memory in bytes.
    public struct Memory: Sendable, Hashable {
        /// The largest amount in use at once.
        public let peak: Int
        /// Those of frozen networks included.
        public let parameters: Int
        /// Moments and running averages.
        public let optimizer: Int
        public let gradients: Int

        /// What is left for activations and passing values at the peak.
        public var remainder: Int { max(0, peak - parameters - optimizer - gradients) }
    }

    public let stages: [Stage]
    /// Operations of one pass over one image.
    public let forwardOperations: Int
    /// Operations of one update.
    public let updateOperations: Int
    /// Operations to draw one image, guidance included.
    public let samplingOperations: Int
    public let training: Memory
    public let sampling: Memory

    /// - Parameters:
    ///   - model: what to look at.
    ///   - registry: the parts that the recipe names.
    ///   - kernels: those of the device to estimate for.
    ///   - samplingBatch: images drawn at once.
    /// - Throws: `RecipeError`, or `GradientError` if a parameter has no part in the loss.
    public init(_ model: DiffusionModel, registry: Registry, kernels: KernelTable, samplingBatch: Int) throws {
        let probe = CostProbe(model, kernels: kernels)
        stages = probe.stages(batch: model.recipe.training.batchSize)
        forwardOperations = probe.forwardOperations(batch: 1)
        (updateOperations, training) = try probe.update()
        let drawn = try probe.sampling(registry: registry, batch: samplingBatch)
        samplingOperations = drawn.operations / samplingBatch
        sampling = drawn.memory
    }

    /// The memory of training alone, such as that of a recipe with other settings.
    ///
    /// - Throws: `GradientError` if a parameter has no part in the loss.
    public static func trainingMemory(of model: DiffusionModel, kernels: KernelTable) throws -> Memory {
        try CostProbe(model, kernels: kernels).update().memory
    }
}

/// Runs a model on a counting device.
struct CostProbe {
    let model: DiffusionModel
    let kernels: KernelTable

    init(_ model: DiffusionModel, kernels: KernelTable) {
        self.model = model
        self.kernels = kernels
    }

    func stages(batch: Int) -> [CostEstimate.Stage] {
        let device = NullDevice(mimicking: kernels)
        let images = images(batch, on: device)
        let taps = model.backbone.taps
        let output = predict(images, taps: taps, Pass(store(on: device)))
        let inner = taps.compactMap { tap in
            output.features[tap].map { CostEstimate.Stage(name: "tokens entering block \(tap.block)", shape: $0.shape) }
        }
        let first = CostEstimate.Stage(name: "noisy images", shape: images.shape)
        return [first] + inner + [CostEstimate.Stage(name: "output", shape: output.raw.shape)]
    }

    func forwardOperations(batch: Int) -> Int {
        let device = NullDevice(mimicking: kernels)
        let pass = Pass(store(on: device))
        let start = device.floatingPointOperations
        _ = predict(images(batch, on: device), taps: [], pass)
        return device.floatingPointOperations - start
    }

    func update() throws -> (operations: Int, memory: CostEstimate.Memory) {
        let training = model.recipe.training
        let device = NullDevice(mimicking: kernels)
        let networks = FrozenNetworks(shapesOf: model.frozenNetworks, on: device)
        var store = store(on: device)
        let parameterBytes = device.memoryUse.current
        var optimizer = training.adamW.begin(store)
        optimizer.averages = (0..<training.adamW.averageCount).map { _ in self.store(on: device) }
        let optimizerBytes = device.memoryUse.current - parameterBytes
        device.resetHighWaterMark()
        let start = device.floatingPointOperations
        // The second pass of an update adds to the gradients of the first: the memory of all further ones is the same.
        var gradients: Gradients?
        for _ in 0..<min(training.accumulation, 2) {
            gradients = try store.valueAndGradients(addingTo: gradients.take()) { (loss($0, networks), ()) }.gradients
        }
        let passOperations = (device.floatingPointOperations - start) / min(training.accumulation, 2)
        let gradientBytes = 4 * store.trainableCount
        let beforeUpdate = device.floatingPointOperations
        if let gradients {
            training.adamW.update(
                &store, &optimizer, gradients: gradients, learningRate: 1e-4, squaredNorm: gradients.squaredNorm())
        }
        let updateOperations = device.floatingPointOperations - beforeUpdate
        let backward = kernels.names.isEmpty ? 0 : 2 * forwardOperations(batch: training.batchSize)
        return (
            (passOperations + backward) * training.accumulation + updateOperations,
            CostEstimate.Memory(
                peak: device.memoryUse.highWaterMark, parameters: parameterBytes, optimizer: optimizerBytes,
                gradients: gradientBytes)
        )
    }

    func sampling(
        registry: Registry, batch: Int, settings: SamplingRecipe? = nil
    ) throws -> (operations: Int, memory: CostEstimate.Memory) {
        let device = NullDevice(mimicking: kernels)
        let store = store(on: device)
        let parameterBytes = device.memoryUse.current
        device.resetHighWaterMark()
        let start = device.floatingPointOperations
        let condition: SamplingCondition =
            model.recipe.classes == 0
            ? .none : .classes([Int](repeating: 0, count: batch), of: model.recipe.model, on: device)
        _ = try model.sampler(settings, registry: registry).sample(
            from: images(batch, on: device), condition: condition, in: Pass(store),
            stepNoise: StepNoise { _, state in Tensor.zeros(state.shape, on: state.device) })
        return (
            device.floatingPointOperations - start,
            CostEstimate.Memory(
                peak: device.memoryUse.highWaterMark, parameters: parameterBytes, optimizer: 0, gradients: 0)
        )
    }

    private func loss(_ store: ParameterStore, _ networks: FrozenNetworks) -> Tensor {
        let batch = model.recipe.training.batchSize
        let images = images(batch, on: store.device)
        return TrainingObjective(model, networks: networks).loss(
            images: images, noise: Tensor.zeros(images.shape, on: store.device), times: times(batch),
            condition: condition(batch, on: store.device), in: Pass(store, dropout: .random(Philox(seed: 0))))
    }

    private func predict(_ images: Tensor, taps: [FeatureTap], _ pass: Pass) -> BackboneOutput {
        let batch = images.shape[0]
        return model.backbone.predict(
            images, times: Tensor(times(batch), shape: [batch], on: images.device),
            condition: condition(batch, on: images.device), taps: taps, in: pass)
    }

    private func images(_ batch: Int, on device: any Device) -> Tensor {
        let image = model.recipe.image
        return Tensor.zeros([batch, image.channels, image.height, image.width], on: device)
    }

    private func times(_ batch: Int) -> [Float] { [Float](repeating: 0.5, count: batch) }

    private func condition(_ batch: Int, on device: any Device) -> Condition {
        model.recipe.classes == 0 ? .none : .classes([Int](repeating: 0, count: batch), on: device)
    }

    private func store(on device: any Device) -> ParameterStore {
        let parameters = model.scope.parameters
        return ParameterStore(parameters, values: parameters.map { Tensor.zeros($0.shape, on: device) })
    }
}
