public import SwiffuseNN
public import SwiffuseTensor

/// The distance between pictures that a VGG-pattern network sees (Zhang et al., "The Unreasonable Effectiveness of Deep
/// Features as a Perceptual Metric", arXiv:1801.03924; `lpips` 0.1.4).
///
/// Features of each stage are normalised over channels, subtracted, squared, weighted and averaged over the picture.
/// Differences from the package: where all channels are 0 the gradient is 0, not NaN.
public struct LPIPS: Sendable {
    public let configuration: LPIPSNetworkConfiguration
    private let network: VGGFeatures
    /// Weight of each channel and stage; empty for uniform heads.
    private let heads: [Parameter]

    /// - Parameter scope: where weights are declared, under the package's keys.
    public init(_ scope: Scope, _ configuration: LPIPSNetworkConfiguration = LPIPSNetworkConfiguration()) {
        self.configuration = configuration
        network = VGGFeatures(scope, widths: configuration.widths)
        heads =
            configuration.heads == .uniform
            ? []
            : configuration.widths.enumerated().map { index, width in
                scope.parameter("lin\(index).model.1.weight", [1, width, 1, 1], initial: .ones)
            }
    }

    /// The features of each stage.
    ///
    /// - Parameter images: [B, 1 or 3, H, W] in −1…1.
    /// - Returns: [B, Cₗ, Hₗ, Wₗ] for each of the five stages.
    public func features(of images: Tensor, _ pass: Pass) -> [Tensor] { network(scaled(images), pass) }

    /// The contributions of the stages to the distance.
    ///
    /// - Parameters:
    ///   - first: features of one batch of pictures.
    ///   - second: those of another.
    /// - Returns: [B, 5]; their sum is the distance.
    public func contributions(of first: [Tensor], to second: [Tensor], _ pass: Pass) -> Tensor {
        let stages = zip(first, second).enumerated().map { index, pair in
            let pixels = [pair.0, pair.1].map { $0.reshaped(to: $0.shape[0], $0.shape[1], -1) }
            return weighted(FeatureDistanceOp()(pixels)[0], stage: index, pass)
        }
        return Tensor.concatenated(stages, along: 1)
    }

    /// The distance of each pair of pictures.
    ///
    /// - Parameters:
    ///   - first: [B, 1 or 3, H, W] in −1…1.
    ///   - second: same shape.
    /// - Returns: [B].
    public func distance(_ first: Tensor, _ second: Tensor, _ pass: Pass) -> Tensor {
        contributions(of: features(of: first, pass), to: features(of: second, pass), pass).sum(over: [1])
    }

    /// - Parameter squares: mean squared differences of the channels, [B, C].
    /// - Returns: [B, 1].
    private func weighted(_ squares: Tensor, stage: Int, _ pass: Pass) -> Tensor {
        guard !heads.isEmpty else { return squares.sum(over: [1], axes: .kept) }
        let weights = pass(heads[stage]).reshaped(to: -1, 1)
        let factors =
            switch configuration.weighting {
            case .official: weights
            case .paper: weights.squared()
            }
        return squares.matmul(factors)
    }

    /// The package's own statistics of ImageNet, in −1…1; grey pictures become colour.
    private func scaled(_ images: Tensor) -> Tensor {
        let shift = Tensor([-0.030, -0.088, -0.188], shape: [1, 3, 1, 1], on: images.device)
        let scale = Tensor([0.458, 0.448, 0.450], shape: [1, 3, 1, 1], on: images.device)
        return (images - shift) / scale
    }
}
