public import SwiffuseNN
public import SwiffuseTensor

/// What an optimiser remembers between steps.
public struct OptimizerState: Sendable {
    /// Number of steps done.
    public var step: Int
    /// First moments, by parameter; empty tensors for frozen ones.
    public var first: [Tensor]
    /// Second moments, by parameter; empty tensors for frozen ones.
    public var second: [Tensor]
    /// Averaged parameters: one store per decay, then one per power function.
    public var averages: [ParameterStore]

    public init(step: Int, first: [Tensor], second: [Tensor], averages: [ParameterStore]) {
        self.step = step
        self.first = first
        self.second = second
        self.averages = averages
    }

    /// Moves a parameter, its moments and its averages out: [p, m, v, e₁ …].
    mutating func take(_ parameter: Parameter, from store: inout ParameterStore, leaving placeholder: Tensor)
        -> [Tensor]
    {
        let index = parameter.index
        var values = [store.values[index], first[index], second[index]]
        store.values[index] = placeholder
        first[index] = placeholder
        second[index] = placeholder
        for position in averages.indices {
            values.append(averages[position].values[index])
            averages[position].values[index] = placeholder
        }
        return values
    }

    /// Moves updated values back.
    mutating func put(_ values: [Tensor], _ parameter: Parameter, into store: inout ParameterStore) {
        let index = parameter.index
        store.values[index] = values[0]
        first[index] = values[1]
        second[index] = values[2]
        for position in averages.indices { averages[position].values[index] = values[3 + position] }
    }
}

extension ParameterStore {
    /// A zero for every trainable parameter; an empty tensor for the others.
    func zeros() -> [Tensor] {
        parameters.map { Tensor.zeros($0.isTrainable ? $0.shape : [0], on: device) }
    }
}
