public import SwiffuseTensor

/// One run of a model: the parameter values to use (raw, averaged, recorded …) and whether dropout is on.
///
/// Modules hold handles only; everything that changes from run to run comes in here.
public struct Pass: Sendable {
    public let store: ParameterStore
    public let dropout: Dropout

    public init(_ store: ParameterStore, dropout: Dropout = .off) {
        self.store = store
        self.dropout = dropout
    }

    /// A parameter's value in float32; what the store keeps in fewer bits is widened anew for each use, in temporary memory.
    public func callAsFunction(_ parameter: Parameter) -> Tensor { store.values[parameter.index].cast(to: .float32) }

    /// Whether dropout at this rate removes anything.
    func drops(rate: Float) -> Bool {
        if case .off = dropout { return false }
        return rate != 0
    }

    public var device: any Device { store.device }

    /// Runs a block without keeping its inner values; they are computed again in the backward pass.
    ///
    /// - Parameters:
    ///   - parameters: those that the block uses.
    ///   - inputs: the other values that it uses.
    public func recomputing(
        _ parameters: [Parameter], _ inputs: [Tensor], _ block: @escaping @Sendable (Pass, [Tensor]) -> [Tensor]
    ) -> [Tensor] {
        let (store, dropout) = (self.store, self.dropout)
        let plain = ParameterStore(store.parameters, values: store.values.map { $0.detached() })
        return recompute(parameters.map { store[$0] } + inputs) { values in
            var inner = plain
            for (parameter, value) in zip(parameters, values) { inner[parameter] = value }
            return block(Pass(inner, dropout: dropout), Array(values.dropFirst(parameters.count)))
        }
    }
}
