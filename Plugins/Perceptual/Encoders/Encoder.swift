public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// A small classifier whose inner features serve losses and scores.
///
/// The keys of `vgg` and `vit` are those that LPIPS and DINOv2 read; `head` is the classifier.
public struct Encoder: Sendable {
    public let configuration: EncoderConfiguration
    public let scope: Scope
    private let trunk: Trunk
    private let head: Linear

    private enum Trunk: Sendable {
        case vgg(LPIPS)
        case vit(DINOv2, DINOv2Preparation)
        case strided(StridedTrunk)
    }

    /// - Throws: `RecipeError` if the configuration is not valid.
    public init(_ configuration: EncoderConfiguration) throws(RecipeError) {
        try configuration.validate()
        self.configuration = configuration
        scope = Scope()
        let width: Int
        switch configuration.architecture {
        case .vgg:
            var network = LPIPSNetworkConfiguration()
            (network.widths, network.heads) = (configuration.widths, .uniform)
            trunk = .vgg(LPIPS(scope, network))
            width = configuration.widths[configuration.widths.count - 1]
        case .vit:
            let side = configuration.transformer.patchSize
            trunk = .vit(
                DINOv2(scope, configuration.transformer), DINOv2Preparation(patchSize: side, basePatchSize: side))
            width = configuration.transformer.width
        case .strided:
            trunk = .strided(
                StridedTrunk(scope, image: configuration.image, featureWidth: configuration.featureWidth))
            width = configuration.featureWidth
        }
        head = Linear(scope.child("head"), from: width, to: configuration.classes)
    }

    /// - Parameter images: [B, C, H, W] in −1…1.
    /// - Returns: one feature vector per picture, [B, D], and scores of the classes, [B, K].
    public func callAsFunction(_ images: Tensor, _ pass: Pass) -> (pooled: Tensor, logits: Tensor) {
        judged(last(images, pass), pass)
    }

    /// - Parameter images: [B, C, H, W] in −1…1.
    /// - Returns: the last features that keep places, [B, C', H', W'], and what `callAsFunction` returns.
    public func features(of images: Tensor, _ pass: Pass) -> (map: Tensor, pooled: Tensor, logits: Tensor) {
        let last = last(images, pass)
        let (pooled, logits) = judged(last, pass)
        guard case .vit(_, let preparation) = trunk else { return (last, pooled, logits) }
        let rows = preparation.side(of: images.shape[2]) / configuration.transformer.patchSize
        return (last.patchMap(rows: rows), pooled, logits)
    }

    /// The last features that keep places: [B, C', H', W'], or patches [B, N, D] of a transformer.
    private func last(_ images: Tensor, _ pass: Pass) -> Tensor {
        switch trunk {
        case .vgg(let network):
            let stages = network.features(of: images, pass)
            return stages[stages.count - 1]
        case .vit(let network, let preparation):
            let block = configuration.transformer.depth - 1
            return network.patchFeatures(of: preparation((images + 1) * 0.5), layers: [block], pass)[0]
        case .strided(let network): return network(images, pass)
        }
    }

    private func judged(_ last: Tensor, _ pass: Pass) -> (pooled: Tensor, logits: Tensor) {
        let pooled =
            switch trunk {
            case .vgg: last.mean(over: [2, 3])
            // The mean of the patches: what P-DINO compares must tell the classes apart.
            case .vit: last.mean(over: [1])
            case .strided(let network): network.pooled(last, pass)
            }
        return (pooled, head(pass.dropout(pooled, rate: 0.2, site: "head"), pass))
    }
}

/// Convolutions of 5 × 5 that halve the picture until a side of at most 8 pixels is left, then a linear layer.
struct StridedTrunk: Sendable {
    private let convolutions: [Conv2D]
    private let output: Linear

    private static let smallestSide = 8

    init(_ scope: Scope, image: ImageSpec, featureWidth: Int) {
        var (height, width, channels) = (image.height, image.width, image.channels)
        var convolutions: [Conv2D] = []
        repeat {
            let outputs = min(256, 32 << convolutions.count)
            let fanIn = Float(25 * channels)
            convolutions.append(
                Conv2D(
                    scope.child("conv\(convolutions.count)"), from: channels, to: outputs, kernel: 5, stride: 2,
                    padding: 2, initial: .normal(deviation: (2 / fanIn).squareRoot()), activation: .relu))
            (height, width, channels) = ((height + 1) / 2, (width + 1) / 2, outputs)
        } while min(height, width) > Self.smallestSide
        self.convolutions = convolutions
        output = Linear(scope.child("features"), from: height * width * channels, to: featureWidth)
    }

    /// - Parameter images: [B, C, H, W].
    /// - Returns: what leaves the last convolution, [B, C', H', W'].
    func callAsFunction(_ images: Tensor, _ pass: Pass) -> Tensor { convolutions.reduce(images) { $1($0, pass) } }

    /// - Parameter map: what `callAsFunction` returns.
    /// - Returns: [B, featureWidth], not negative.
    func pooled(_ map: Tensor, _ pass: Pass) -> Tensor {
        output(map.reshaped(to: map.shape[0], -1), pass).relu()
    }
}

extension Tensor {
    /// Patches row by row, [B, N, D], as a map [B, D, rows, N / rows].
    func patchMap(rows: Int) -> Tensor {
        transposed().reshaped(to: shape[0], shape[2], rows, shape[1] / rows)
    }
}
