public import SwiffuseTensor

/// Forgets the class of some training images, so that the model also learns to do without: what guidance needs.
public struct ClassDropout: Sendable, Hashable {
    /// Probability that an image loses its class. JiT: 0.1.
    public let probability: Float
    /// The label of "no class": the number of classes.
    public let nullLabel: Int

    public init(probability: Float, nullLabel: Int) {
        self.probability = probability
        self.nullLabel = nullLabel
    }

    /// The labels, some replaced by the null label.
    public func callAsFunction(_ labels: [Int], using random: inout Philox) -> [Int] {
        apply(to: labels, uniforms: random.uniforms(labels.count))
    }

    /// The labels, replaced where the given draw from 0…1 is below the probability.
    public func apply(to labels: [Int], uniforms: [Float]) -> [Int] {
        zip(labels, uniforms).map { $1 < probability ? nullLabel : $0 }
    }
}
