internal import Foundation
internal import SwiffuseTensor

/// The meaning of each primitive, spelled out.
enum ReferencePrimitives {
    /// The values of the output in row-major order.
    static func evaluate(
        _ op: PrimitiveOp, _ inputs: [ReferenceView], output: BufferView
    ) -> Result<[Double], DeviceError> {
        let elements = 0..<output.count
        switch op {
        case .fill(let value): return .success(elements.map { _ in Double(value) })
        case .copy, .cast: return .success(elements.map { inputs[0].value(at: $0) })
        case .select:
            return .success(elements.map { inputs[inputs[0].value(at: $0) != 0 ? 1 : 2].value(at: $0) })
        case .unary(let function): return .success(elements.map { apply(function, inputs[0].value(at: $0)) })
        case .binary(let function):
            return .success(elements.map { apply(function, inputs[0].value(at: $0), inputs[1].value(at: $0)) })
        case .reduce(let reduction): return .success(reduce(reduction, inputs[0], output.shape))
        case .matmul(let scale): return .success(multiply(inputs[0], inputs[1], scale: Double(scale), output.shape))
        case .gatherRows: return gather(inputs[0], inputs[1])
        case .scatterAddRows: return scatter(inputs[0], inputs[1], output.shape)
        case .unfold(let geometry): return .success(unfold(geometry, inputs[0], output.shape))
        case .fold(let geometry): return .success(fold(geometry, inputs[0], output.shape))
        case .random(let distribution, var generator):
            let numbers =
                switch distribution {
                case .uniform: generator.uniforms(output.count)
                case .normal: generator.normals(output.count)
                }
            return .success(numbers.map(Double.init))
        }
    }

    private static func apply(_ function: UnaryFunction, _ x: Double) -> Double {
        switch function {
        case .negate: -x
        case .absolute: abs(x)
        case .square: x * x
        case .squareRoot: x.squareRoot()
        case .reciprocalSquareRoot: 1 / x.squareRoot()
        case .reciprocal: 1 / x
        case .exponential: exp(x)
        case .logarithm: log(x)
        case .sine: sin(x)
        case .cosine: cos(x)
        case .tanh: tanh(x)
        case .sigmoid: 1 / (1 + exp(-x))
        case .silu: x / (1 + exp(-x))
        case .errorFunction: erf(x)
        case .affine(let scale, let shift): Double(scale) * x + Double(shift)
        case .clamp(let lower, let upper): min(max(x, Double(lower)), Double(upper))
        }
    }

    private static func apply(_ function: BinaryFunction, _ a: Double, _ b: Double) -> Double {
        switch function {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .maximum: max(a, b)
        case .minimum: min(a, b)
        case .isLess: a < b ? 1 : 0
        case .isLessOrEqual: a <= b ? 1 : 0
        case .isEqual: a == b ? 1 : 0
        }
    }

    private static func reduce(_ reduction: Reduction, _ x: ReferenceView, _ shape: [Int]) -> [Double] {
        var result = [Double](repeating: reduction == .maximum ? -.infinity : 0, count: shape.reduce(1, *))
        for index in 0..<x.count {
            let place = ReferenceView.indices(of: index, in: x.shape)
            let target = zip(place, shape).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
            let value = x.value(at: index)
            switch reduction {
            case .sum: result[target] += value
            case .sumOfSquares: result[target] += value * value
            case .maximum: result[target] = max(result[target], value)
            }
        }
        return result
    }

    private static func multiply(_ a: ReferenceView, _ b: ReferenceView, scale: Double, _ shape: [Int]) -> [Double] {
        (0..<shape.reduce(1, *)).map { index in
            let place = ReferenceView.indices(of: index, in: shape)
            let batch = Array(place.dropLast(2))
            let (row, column) = (place[place.count - 2], place[place.count - 1])
            return scale
                * (0..<(a.shape.last ?? 0)).reduce(0) { sum, k in
                    sum + a.value(batch + [row, k]) * b.value(batch + [k, column])
                }
        }
    }

    private static func gather(_ table: ReferenceView, _ indices: ReferenceView) -> Result<[Double], DeviceError> {
        var result: [Double] = []
        for position in 0..<indices.count {
            let row = Int(indices.value(at: position))
            guard row >= 0 && row < table.shape[0] else { return .failure(outside(row, table.shape[0])) }
            result += (0..<table.shape[1]).map { table.value([row, $0]) }
        }
        return .success(result)
    }

    private static func scatter(
        _ values: ReferenceView, _ indices: ReferenceView, _ shape: [Int]
    ) -> Result<[Double], DeviceError> {
        var result = [Double](repeating: 0, count: shape[0] * shape[1])
        for position in 0..<indices.count {
            let row = Int(indices.value(at: position))
            guard row >= 0 && row < shape[0] else { return .failure(outside(row, shape[0])) }
            for column in 0..<shape[1] { result[row * shape[1] + column] += values.value([position, column]) }
        }
        return .success(result)
    }

    private static func outside(_ row: Int, _ count: Int) -> DeviceError {
        .failed(device: "reference", operation: "rows", reason: "index \(row) is outside a table of \(count) rows")
    }

    /// The pixel under an element of a window, or nil in the padding.
    private static func pixel(
        _ geometry: PatchGeometry, window: Int, element: Int, image: [Int]
    ) -> (channel: Int, row: Int, column: Int)? {
        let grid = geometry.grid(height: image[2], width: image[3])
        let (height, width) = geometry.kernel
        let row = window / grid.columns * geometry.stride.height - geometry.padding.height + element / width % height
        let column = window % grid.columns * geometry.stride.width - geometry.padding.width + element % width
        guard row >= 0 && row < image[2] && column >= 0 && column < image[3] else { return nil }
        return (element / (height * width), row, column)
    }

    private static func unfold(_ geometry: PatchGeometry, _ image: ReferenceView, _ shape: [Int]) -> [Double] {
        (0..<shape.reduce(1, *)).map { index in
            let place = ReferenceView.indices(of: index, in: shape)
            guard let pixel = pixel(geometry, window: place[1], element: place[2], image: image.shape) else { return 0 }
            return image.value([place[0], pixel.channel, pixel.row, pixel.column])
        }
    }

    private static func fold(_ geometry: PatchGeometry, _ patches: ReferenceView, _ shape: [Int]) -> [Double] {
        var result = [Double](repeating: 0, count: shape.reduce(1, *))
        for index in 0..<patches.count {
            let place = ReferenceView.indices(of: index, in: patches.shape)
            guard let pixel = pixel(geometry, window: place[1], element: place[2], image: shape) else { continue }
            let target = ((place[0] * shape[1] + pixel.channel) * shape[2] + pixel.row) * shape[3] + pixel.column
            result[target] += patches.value(at: index)
        }
        return result
    }
}
