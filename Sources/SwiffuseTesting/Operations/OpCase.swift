public import SwiffuseTensor

/// One use of an operation on small, odd-sized, seeded inputs: what parity tests, gradient tests and coverage tables
/// are made of.
public struct OpCase: Sendable, CustomStringConvertible {
    public let name: String
    public let inputs: [OpCaseInput]
    /// Largest error that passes, in units of 10⁻⁵ · (|expected| + 1).
    public let tolerance: Double
    public let run: @Sendable ([Tensor]) -> [Tensor]

    public init(
        _ name: String, _ inputs: [OpCaseInput], tolerance: Double = 1, run: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) {
        self.name = name
        self.inputs = inputs
        self.tolerance = tolerance
        self.run = run
    }

    public var description: String { name }

    /// The inputs' values, the same for every device.
    public func tensors(on device: any Device) -> [Tensor] {
        var random = Philox(seed: 7)
        return inputs.map { $0.tensor(using: &random, on: device) }
    }

    public static var all: [OpCase] { primitives + fused }
}

/// An input of a case: its shape and how its values are drawn.
public enum OpCaseInput: Sendable {
    /// Standard normal; takes part in gradient checks.
    case normal(Shape)
    /// Uniform in a range that suits the function; takes part in gradient checks.
    case uniform(Shape, ClosedRange<Float>)
    /// Standard normal, a constant for the gradient.
    case constant(Shape)
    /// Integers in 0 ..< bound.
    case indices(Int, below: Int)

    /// Whether gradients with respect to this input are checked.
    public var isDifferentiable: Bool {
        switch self {
        case .normal, .uniform: true
        case .constant, .indices: false
        }
    }

    func tensor(using random: inout Philox, on device: any Device) -> Tensor {
        switch self {
        case .normal(let shape), .constant(let shape):
            return Tensor(random.normals(shape.count), shape: shape, on: device)
        case .uniform(let shape, let range):
            let values = random.uniforms(shape.count).map {
                range.lowerBound + $0 * (range.upperBound - range.lowerBound)
            }
            return Tensor(values, shape: shape, on: device)
        case .indices(let count, let bound):
            let values = random.uniforms(count).map { Int32($0 * Float(bound)) }
            return Tensor(integers: values, shape: [count], on: device)
        }
    }
}
