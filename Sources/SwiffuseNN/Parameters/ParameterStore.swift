public import SwiffuseTensor

/// The values of a model's parameters, in the order of declaration: float32, or float16 in a store that is only drawn
/// with.
public struct ParameterStore: Sendable {
    public let parameters: [Parameter]
    public var values: [Tensor]

    /// First values, each parameter from its own stream of the seed, so that adding one changes no other.
    public init(_ scope: Scope, seed: UInt64, on device: any Device) {
        parameters = scope.parameters
        values = parameters.map { parameter in
            var random = Philox(seed: seed, stream: ParameterStore.stream(of: parameter.key))
            return Tensor(
                parameter.initializer.values(for: parameter.shape, using: &random), shape: parameter.shape, on: device)
        }
    }

    /// Given values, one per parameter.
    public init(_ parameters: [Parameter], values: [Tensor]) {
        require(
            parameters.count == values.count, "ParameterStore",
            "\(values.count) values for \(parameters.count) parameters")
        for (parameter, value) in zip(parameters, values) {
            require(
                parameter.shape == value.shape, "ParameterStore",
                "\(parameter.key): \(parameter.shape) expected, got \(value.shape)")
        }
        self.parameters = parameters
        self.values = values
    }

    public subscript(_ parameter: Parameter) -> Tensor {
        get { values[parameter.index] }
        set { values[parameter.index] = newValue }
    }

    /// Number of values in all parameters.
    public var valueCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }

    /// Number of values in trainable parameters.
    public var trainableCount: Int { parameters.reduce(0) { $0 + ($1.isTrainable ? $1.shape.count : 0) } }

    public var device: any Device { values[0].device }

    /// Lets the weights of linear layers lie as the device multiplies by them fastest, one after another: a gain on a
    /// processor with oneDNN, nothing elsewhere.
    ///
    /// For values that are drawn with many times. It takes as long as reading and writing them once; values that are
    /// shared with other stores are held twice then.
    public mutating func layOutForProducts() {
        for parameter in parameters where parameter.isLinearWeight && values[parameter.index].dtype == .float32 {
            values[parameter.index] = values[parameter.index].laidOut(as: device.weightLayout)
        }
    }

    /// FNV-1a of the key.
    private static func stream(of key: String) -> UInt64 {
        key.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
