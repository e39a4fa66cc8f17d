public import SwiffuseTensor

/// Gradients of a loss with respect to parameters, by their position in the store; nil for frozen ones.
public struct Gradients: Sendable {
    public var values: [Tensor?]

    public init(values: [Tensor?]) { self.values = values }

    public subscript(_ parameter: Parameter) -> Tensor? { values[parameter.index] }

    /// Σ g² over all gradients as a scalar tensor, without waiting for the device; nil if there are none.
    public func squaredNorm() -> Tensor? {
        let squares = values.compactMap { $0?.sumOfSquares().reshaped(to: 1) }
        return squares.isEmpty ? nil : Tensor.concatenated(squares, along: 0).sum()
    }
}

/// A mistake in a training objective.
public enum GradientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Trainable parameters that the loss does not depend on.
    case unreached(keys: [String])

    public var description: String {
        switch self {
        case .unreached(let keys):
            "no path leads from the loss to \(keys.count) trainable parameter(s): \(keys.prefix(5).joined(separator: ", "))"
                + "; declare them frozen or allow it with `unreached: .zero`"
        }
    }
}

extension ParameterStore {
    /// What to do about a trainable parameter that the loss does not depend on.
    public enum Unreached: Sendable { case error, zero }

    /// Value of a loss and its gradients with respect to all trainable parameters.
    ///
    /// - Parameters:
    ///   - gradients: gradients to add to (of earlier micro-batches), consumed; they are added in place.
    ///   - unreached: what to do about parameters without a path to the loss.
    ///   - body: computes the loss, a scalar tensor, and anything else to return, from recorded parameters.
    /// - Returns: the body's result and the gradients.
    /// - Throws: `GradientError.unreached`, the `DeviceError` of an operation that failed, or what the body throws.
    public func valueAndGradients<Result>(
        addingTo gradients: consuming Gradients? = nil, unreached: Unreached = .error,
        _ body: (ParameterStore) throws -> (loss: Tensor, result: Result)
    ) throws -> (result: Result, gradients: Gradients) {
        let tape = Tape()
        let watched = ParameterStore(
            parameters, values: zip(parameters, values).map { $0.isTrainable ? tape.watch($1) : $1 })
        let (loss, result) = try body(watched)
        // A failed operation is not recorded, so it would look like a missing path.
        if let failure = loss.failure { throw failure }
        require(loss.count == 1, "valueAndGradients", "the loss must be a scalar, got \(loss.shape)")
        var earlier = gradients?.values
        gradients = nil
        let found = tape.gradients(of: loss, withRespectTo: watched.values, addingTo: &earlier)
        let missing = zip(parameters, found).filter { $0.isTrainable && $1 == nil }.map(\.0.key)
        if unreached == .error && !missing.isEmpty { throw GradientError.unreached(keys: missing) }
        let complete = zip(parameters, found).map { parameter, gradient in
            parameter.isTrainable ? gradient ?? Tensor.zeros(parameter.shape, on: device) : nil
        }
        return (result, Gradients(values: complete))
    }
}
