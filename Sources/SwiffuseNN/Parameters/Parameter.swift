public import SwiffuseTensor

/// A handle to one entry of a model's parameters: which one, its name and its shape. The values live elsewhere.
public struct Parameter: Sendable, Hashable {
    /// Position among the model's parameters, in the order of declaration.
    public let index: Int
    /// The key in checkpoints, such as `blocks.0.attn.qkv.weight`.
    public let key: String
    public let shape: Shape
    public let isTrainable: Bool
    /// Whether it is the weight [out, in] of a linear layer.
    public let isLinearWeight: Bool
    public let initializer: Initializer
}
