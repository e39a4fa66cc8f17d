public import SwiffuseNN
public import SwiffuseTensor

/// The convolutions of VGG-16 (Simonyan & Zisserman, arXiv:1409.1556), of any widths: five stages of 3 × 3 convolutions
/// with ReLU, halved in between.
///
/// Keys as in the `lpips` package: `net.slice<stage>.<index>`, where the index counts torchvision's layers.
public struct VGGFeatures: Sendable {
    /// Number of convolutions of each stage.
    public static let depths = [2, 2, 3, 3, 3]

    /// The smallest side of an image: one pixel is left after four halvings.
    public static let minimumSide = 16

    /// Where a convolution stands.
    struct Place: Sendable, Hashable {
        /// From 1 to 5.
        let stage: Int
        /// Number of the layer in torchvision's `features`.
        let index: Int
    }

    /// All convolutions, stage by stage: each takes two layers with its ReLU, each halving one.
    static let places: [[Place]] = {
        var index = 0
        return depths.enumerated().map { stage, depth in
            defer { index += 2 * depth + 1 }
            return (0..<depth).map { Place(stage: stage + 1, index: index + 2 * $0) }
        }
    }()

    private let stages: [[Conv2D]]

    /// - Parameters:
    ///   - scope: where weights are declared.
    ///   - widths: channels of each of the five stages; VGG-16: 64, 128, 256, 512, 512.
    public init(_ scope: Scope, widths: [Int]) {
        require(widths.count == Self.depths.count, "VGGFeatures", "five widths expected, got \(widths)")
        var channels = 3
        stages = zip(Self.places, widths).map { places, width in
            places.map { place in
                defer { channels = width }
                // He's variance: without it nothing would come through thirteen layers.
                let deviation = (2 / Float(9 * channels)).squareRoot()
                return Conv2D(
                    scope.child("net.slice\(place.stage).\(place.index)"), from: channels, to: width, kernel: 3,
                    padding: 1, initial: .normal(deviation: deviation), activation: .relu)
            }
        }
    }

    /// - Parameter image: [B, 3, H, W], at least 16 × 16.
    /// - Returns: the output of each stage before it is halved, [B, Cₗ, H/2ˡ, W/2ˡ] for l = 0 … 4.
    public func callAsFunction(_ image: Tensor, _ pass: Pass) -> [Tensor] {
        var features: [Tensor] = []
        var x = image
        for stage in stages {
            if !features.isEmpty { x = x.maxPooledByTwo() }
            for convolution in stage { x = convolution(x, pass) }
            features.append(x)
        }
        return features
    }
}
