public import SwiffuseTensor

/// Forgets the condition of some training images whose condition is a tensor, such as text features: the counterpart of
/// `ClassDropout`.
public struct FeatureDropout: Sendable, Hashable {
    /// Probability that an image loses its condition.
    public let probability: Float

    public init(probability: Float) { self.probability = probability }

    /// The features, those of "no condition" where the given draw from 0…1 is below the probability.
    ///
    /// - Parameters:
    ///   - features: [B, …].
    ///   - null: features of "no condition", same shape.
    ///   - uniforms: one draw per image.
    public func apply(to features: Tensor, null: Tensor, uniforms: [Float]) -> Tensor {
        let forgotten = Tensor(perImage: uniforms.map { $0 < probability ? 1 : 0 }, like: features)
        return forgotten.broadcast(to: features.shape).select(null, else: features)
    }
}
