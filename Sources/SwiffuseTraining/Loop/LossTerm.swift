public import SwiffuseDiffusion
public import SwiffuseTensor

/// A part of what training minimises.
public struct LossTerm: Sendable {
    /// What messages call it, such as `clean-image`.
    public let name: String
    /// The mean over the batch, a scalar; the loss is the sum of all terms.
    public let value: Tensor
    public let role: Role

    /// What a term is in adaptive balancing.
    public enum Role: Sendable {
        /// The target's own loss, against which others are weighed.
        case target
        /// A loss that is weighed.
        case balanced
        /// A loss that is left as it is.
        case other
    }

    public init(_ name: String, _ value: Tensor, role: Role = .other) {
        self.name = name
        self.value = value
        self.role = role
    }

    /// The same outside any recording.
    func detached() -> LossTerm { LossTerm(name, value.detached(), role: role) }
}

extension DiffusionModel {
    /// What the terms of its loss are called: the target's own, then those of `losses`; no two alike.
    public var termNames: [String] { [recipe.target.type] + losses.map(\.name) }
}

extension [LossTerm] {
    /// The loss: the sum of the terms, of which there is at least one.
    var total: Tensor { dropFirst().reduce(self[0].value) { $0 + $1.value } }
}
