import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting
import SwiffuseTraining

/// The model, losses and weights of a fixture of PixelGen's trainer.
///
/// The backbone comes from the registry, under the key `jit`, with the official arguments.
struct TrainingFixture {
    let fixture: GoldenFixture
    let model: DiffusionModel
    let losses: LossArguments
    let networks: FrozenNetworks
    /// Parameters of the backbone and of REPA's head.
    let store: ParameterStore
    let times: LogitNormalTimes
    let noiseScale: Float

    init(_ fixture: GoldenFixture, registry: Registry, on device: any Device) throws {
        let config = try fixture.config
        let trainer = try config.settings("trainer")
        guard try trainer.bool("lognorm_t", default: true), try trainer.number("percept_ratio", default: 1) == 1 else {
            throw GoldenError.unsupported(reason: "uniform times or another ratio of perceptual losses")
        }
        let losses = try LossArguments(config)
        let recipe = try Self.recipe(config, trainer, losses, registry: registry)
        let model = try DiffusionModel(recipe, registry: registry)
        var values: [Tensor] = []
        for parameter in model.scope.parameters {
            let key = "weights." + Self.officialKey(of: parameter)
            values.append(try fixture.tensor(key, shape: parameter.shape.dimensions.map { $0 }, on: device))
        }
        var times = LogitNormalTimes.Configuration()
        times.mean = try trainer.number("P_mean", default: -0.8)
        times.deviation = try trainer.number("P_std", default: 0.8)
        times.shift = try trainer.number("timeshift", default: 1)
        try times.validate()
        self.fixture = fixture
        self.model = model
        self.losses = losses
        networks = try FixtureNetworks.load(model.frozenNetworks, from: fixture, on: device)
        store = ParameterStore(model.scope.parameters, values: values)
        self.times = LogitNormalTimes(times)
        noiseScale = Float(try trainer.number("noise_scale", default: 1))
    }

    /// The names of the official checkpoint.
    static func officialKey(of parameter: Parameter) -> String {
        parameter.key.hasPrefix("diffusion_trainer.") ? parameter.key : "denoiser." + parameter.key
    }

    private static func recipe(
        _ config: FixtureSettings, _ trainer: FixtureSettings, _ losses: LossArguments, registry: Registry
    ) throws -> Recipe {
        let network = try config.settings("jit")
        let side = try network.integer("input_size")
        var recipe = try Recipe(
            backbone: try registry.resolve(backbone(network), kind: "backbone", at: "backbone"),
            image: ImageSpec(channels: try network.integer("in_channels", default: 3), height: side, width: side),
            classes: try network.integer("num_classes"))
        var target = TargetConfiguration()
        target.trainingClamp = try trainer.number("t_eps")
        recipe.target = try Part(CleanImageTarget.self, target)
        var alignment = REPAConfiguration()
        alignment.encoder = losses.dino.encoder
        alignment.layer = losses.dino.layers[losses.dino.layers.count - 1]
        alignment.alignLayer = try trainer.integer("align_layer")
        alignment.hiddenWidth = try config.integer("proj_hidden")
        let gate = GateConfiguration(from: max(0, try trainer.number("percept_t_threshold", default: 0)))
        recipe.losses = [
            WeightedPart(
                try Part(REPALoss.self, alignment), weight: try trainer.number("feat_loss_weight", default: 0.5)),
            WeightedPart(
                try Part(LPIPSLoss.self, losses.lpips), weight: try trainer.number("lpips_weight"), gate: gate),
            WeightedPart(try Part(PDINOLoss.self, losses.dino), weight: try trainer.number("dino_weight"), gate: gate),
        ]
        return recipe
    }

    /// The official arguments as settings of our backbone.
    private static func backbone(_ network: FixtureSettings) throws -> RecipeValue {
        let hasBottleneck = try network.bool("use_bottleneck", default: true)
        return [
            "type": "jit",
            "patchSize": .integer(try network.integer("patch_size")),
            "hiddenSize": .integer(try network.integer("hidden_size")),
            "depth": .integer(try network.integer("depth")),
            "headCount": .integer(try network.integer("num_heads")),
            "mlpRatio": .number(try network.number("mlp_ratio", default: 4)),
            "bottleneckSize": .integer(hasBottleneck ? try network.integer("bottleneck_dim") : 0),
            "inContextLength": .integer(try network.integer("in_context_len", default: 0)),
            "inContextStart": .integer(try network.integer("in_context_start", default: 0)),
        ]
    }
}

/// One batch of a fixture, with everything random given.
struct TrainingBatch {
    let images: Tensor
    let noise: Tensor
    let times: [Float]
    let condition: Condition

    /// - Parameter step: for fixtures of several steps, which one; nil if there is only one.
    init(_ training: TrainingFixture, step: Int? = nil) throws {
        let (fixture, image) = (training.fixture, training.model.recipe.image)
        let leading: [Int?] = step == nil ? [nil] : [nil, nil]
        let extents = leading + [image.channels, image.height, image.width]
        let device = training.store.device
        func slice(_ tensor: Tensor) throws -> Tensor {
            guard let step else { return tensor }
            guard step < tensor.shape[0] else { throw fixture.malformed("there are no inputs for step \(step)") }
            return tensor.sliced(along: 0, step..<step + 1).reshaped(to: Array(tensor.shape.dimensions.dropFirst()))
        }
        images = try slice(try fixture.tensor("inputs.x", shape: extents, on: device))
        noise = try slice(try fixture.tensor("inputs.noise", shape: extents, on: device)) * training.noiseScale
        let count = images.shape[0]
        let draws = try slice(
            try fixture.tensor("inputs.t_normal", shape: (step == nil ? [] : [nil]) + [count], on: device))
        times = training.times.times(from: try draws.scalars())
        let labels = try fixture.integers("inputs.y", in: 0...training.model.recipe.classes)
        let start = (step ?? 0) * count
        guard noise.shape == images.shape, labels.count >= start + count else {
            throw fixture.malformed("noise or labels do not fit the images \(images.shape)")
        }
        condition = .classes(Array(labels[start..<start + count]), on: device)
    }
}
