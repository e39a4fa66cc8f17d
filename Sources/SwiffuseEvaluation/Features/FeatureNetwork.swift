public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// A network whose features tell how alike sets of pictures are.
public protocol FeatureNetwork: Sendable {
    /// What results call it, with everything that the numbers depend on.
    var title: String { get }

    /// Everything that the numbers depend on besides the weights; by default the title.
    var settings: String { get }

    /// The network and its weights.
    var network: FrozenNetwork { get }

    /// What the network sees in pictures.
    ///
    /// - Parameters:
    ///   - images: [B, 1 or 3, H, W], whole numbers 0…255.
    ///   - pass: the weights of `network`.
    func features(of images: Tensor, _ pass: Pass) -> ImageFeatures
}

extension FeatureNetwork {
    public var settings: String { title }
}

/// What a network sees in a batch of pictures.
public struct ImageFeatures: Sendable {
    /// One vector per picture, [B, D]: for Fréchet and kernel distances, precision and recall.
    public let pooled: Tensor
    /// Features that keep places, [B, S]: for the spatial Fréchet distance; nil if the network has none for it.
    public let spatial: Tensor?
    /// Scores of classes before the softmax, [B, K]: for the Inception Score; nil if the network has no classes.
    public let logits: Tensor?

    public init(pooled: Tensor, spatial: Tensor? = nil, logits: Tensor? = nil) {
        self.pooled = pooled
        self.spatial = spatial
        self.logits = logits
    }
}

extension ImageFeatures {
    /// Features that keep places, out of a network's map: its first seven channels at 17 × 17 places or fewer, as the
    /// spatial Fréchet distance takes them of Inception-v3 (Nash et al., arXiv:2103.03841).
    ///
    /// - Parameter map: [B, C, H, W]; a side above 17 is brought to it (bilinear with antialiasing).
    /// - Returns: [B, H · W · min(7, C)], channels last as in the ADM evaluator's statistics.
    public static func spatial(of map: Tensor) -> Tensor {
        let (channels, sides) = (min(7, map.shape[1]), [map.shape[2], map.shape[3]])
        var chosen = map.sliced(along: 1, 0..<channels)
        if sides.contains(where: { $0 > 17 }) {
            let axes = sides.map {
                AxisResampling(from: $0, to: min(17, $0), interpolation: .bilinear, isAntialiased: true)
            }
            chosen = chosen.interpolated(rows: axes[0], columns: axes[1])
        }
        return chosen.permuted(to: [0, 2, 3, 1]).reshaped(to: map.shape[0], -1)
    }
}

extension PartKind where Product == any FeatureNetwork {
    public static var features: Self { Self("features") }
}

extension Registry {
    public mutating func register<C: Component & FeatureNetwork>(features: C.Type) throws(RegistryError) {
        try register(C.self, as: .features) { $0 }
    }
}
