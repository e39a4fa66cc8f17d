import Swiffuse

/// The families that share DiT's blocks, at toy sizes.
enum Family: String, CaseIterable, Sendable {
    case dit, deco, pixnerd

    static let model = ModelSpec(image: ImageSpec(channels: 3, height: 12, width: 20), classCount: 3)

    func small(in context: BuildContext, recompute: Bool = false) throws -> any Backbone {
        switch self {
        case .dit:
            var configuration = DiTConfiguration()
            (configuration.patchSize, configuration.hiddenSize) = (4, 16)
            (configuration.depth, configuration.headCount) = (2, 2)
            configuration.recompute = recompute
            return try DiT(configuration, in: context)
        case .deco:
            var configuration = DeCoConfiguration()
            (configuration.patchSize, configuration.hiddenSize) = (4, 16)
            (configuration.depth, configuration.headCount) = (2, 2)
            (configuration.decoderDepth, configuration.decoderWidth) = (2, 6)
            configuration.recompute = recompute
            return try DeCo(configuration, in: context)
        case .pixnerd:
            var configuration = PixNerdConfiguration()
            (configuration.patchSize, configuration.hiddenSize) = (4, 16)
            (configuration.depth, configuration.headCount) = (2, 2)
            (configuration.fieldDepth, configuration.fieldWidth) = (2, 6)
            configuration.recompute = recompute
            return try PixNerd(configuration, in: context)
        }
    }
}
