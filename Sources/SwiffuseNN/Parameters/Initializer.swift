package import SwiffuseTensor

/// How a parameter gets its first values.
public enum Initializer: Sendable, Hashable {
    case zeros
    case ones
    case constant(Float)
    /// Normal with mean 0.
    case normal(deviation: Float)
    /// Uniform in ±bound.
    case uniform(bound: Float)
    /// Uniform in ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010); the first axis counts as the output, all others as
    /// the input.
    case xavierUniform
    /// Uniform in ±1/√fanIn, PyTorch's default for linear layers.
    case kaimingUniform
    /// Given values in row-major order, such as a position table.
    case values([Float])

    /// The first values of a parameter, drawn from its own generator.
    package func values(for shape: Shape, using random: inout Philox) -> [Float] {
        let count = shape.count
        let outputs = shape.rank > 0 ? shape[0] : 1
        let inputs = outputs > 0 ? count / outputs : 0
        switch self {
        case .zeros: return [Float](repeating: 0, count: count)
        case .ones: return [Float](repeating: 1, count: count)
        case .constant(let value): return [Float](repeating: value, count: count)
        case .normal(let deviation): return random.normals(count).map { $0 * deviation }
        case .uniform(let bound): return spread(count, bound, &random)
        case .xavierUniform: return spread(count, (6 / Float(max(inputs + outputs, 1))).squareRoot(), &random)
        case .kaimingUniform: return spread(count, (1 / Float(max(inputs, 1))).squareRoot(), &random)
        case .values(let values):
            require(values.count == count, "parameter", "\(values.count) values do not fill \(shape)")
            return values
        }
    }

    private func spread(_ count: Int, _ bound: Float, _ random: inout Philox) -> [Float] {
        random.uniforms(count).map { ($0 * 2 - 1) * bound }
    }
}
