public import SwiffuseTensor

/// A part of what training minimises.
public struct LossTerm: Sendable {
    /// What messages call it, such as `clean-image`.
    public let name: String
    /// The mean over the batch, a scalar; the loss is the sum of all terms.
    public let value: Tensor

    public init(_ name: String, _ value: Tensor) {
        self.name = name
        self.value = value
    }
}
