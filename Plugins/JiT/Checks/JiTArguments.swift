import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting

/// The arguments of the official `JiT` class, as a configuration and a model size of ours.
struct JiTArguments {
    let configuration: JiTConfiguration
    let model: ModelSpec

    init(_ settings: FixtureSettings) throws {
        var configuration = JiTConfiguration()
        configuration.patchSize = try settings.integer("patch_size")
        configuration.hiddenSize = try settings.integer("hidden_size")
        configuration.depth = try settings.integer("depth")
        configuration.headCount = try settings.integer("num_heads")
        configuration.mlpRatio = try settings.number("mlp_ratio", default: 4)
        let hasBottleneck = try settings.bool("use_bottleneck", default: true)
        configuration.bottleneckSize = hasBottleneck ? try settings.integer("bottleneck_dim") : 0
        configuration.inContextLength = try settings.integer("in_context_len", default: 0)
        configuration.inContextStart = try settings.integer("in_context_start", default: 0)
        configuration.projectionDropout = try settings.number("proj_drop", default: 0)
        guard try settings.number("attn_drop", default: 0) == 0 else {
            throw GoldenError.unsupported(reason: "dropout inside attention")
        }
        let size = try settings.integer("input_size")
        let image = ImageSpec(channels: try settings.integer("in_channels", default: 3), height: size, width: size)
        model = ModelSpec(image: image, classCount: try settings.integer("num_classes"))
        self.configuration = configuration
        guard (0...1_000_000).contains(model.classCount) else {
            throw settings.malformed("num_classes", "is not 0 to 1000000")
        }
        try image.validate()
        try configuration.validate()
        try JiT.validate(configuration, for: model)
    }

    /// The network and the scope with its parameters.
    ///
    /// - Parameter key: the stored position table, whose shape is checked before tables of that size are computed.
    func build(checking key: String, in fixture: GoldenFixture) throws -> (network: JiT, scope: Scope) {
        let tokenCount =
            (model.image.height / configuration.patchSize) * (model.image.width / configuration.patchSize)
        try fixture.shape(of: key, expecting: [1, tokenCount, configuration.hiddenSize])
        let scope = Scope()
        return (try JiT(configuration, in: BuildContext(model: model, scope: scope)), scope)
    }

    /// Extents of a batch of images.
    var imageExtents: [Int?] { [nil, model.image.channels, model.image.height, model.image.width] }

    /// Stored labels, one per image, as a condition.
    func condition(
        _ key: String, count: Int, in fixture: GoldenFixture, on device: any Device
    ) throws -> Condition {
        try fixture.shape(of: key, expecting: [count])
        return .classes(try fixture.integers(key, in: 0...model.classCount), on: device)
    }
}
