public import SwiffuseTensor

/// How far a device's results for a case are from the expected ones.
public struct OpDiscrepancy: Sendable {
    /// Worst |found − expected| / (10⁻⁵ (|expected| + 1)) over all outputs, and over all gradients.
    public let outputs: Double
    public let gradients: Double

    public var worst: Double { Swift.max(outputs, gradients) }
}

/// Why a check could not be made.
public struct OpCheckError: Error, CustomStringConvertible {
    public let description: String
}

/// Runs cases on devices and compares.
public enum OpCheck {
    /// The case on a device against the same on plain loops, values and gradients.
    ///
    /// - Parameter applications: how often the operation is applied to the same inputs; with two, gradients accumulate.
    public static func parity(
        of opCase: OpCase, on device: any Device, against reference: any Device = ReferenceDevice(),
        applications: Int = 1
    ) throws -> OpDiscrepancy {
        let found = try Evaluation(opCase, on: device, applications: applications)
        let expected = try Evaluation(opCase, on: reference, applications: applications)
        return OpDiscrepancy(
            outputs: try worst(found.outputs, expected.outputs),
            gradients: try worst(found.gradients, expected.gradients))
    }

    /// Recorded gradients against central differences of the case itself, for a few elements of each input.
    ///
    /// - Returns: the worst |recorded − measured| relative to the largest recorded gradient of that input.
    public static func gradientError(of opCase: OpCase, on device: any Device = ReferenceDevice()) throws -> Double {
        let recorded = try Evaluation(opCase, on: device, applications: 1)
        var gradients = recorded.gradients.makeIterator()
        var result = 0.0
        for (index, input) in opCase.inputs.enumerated() where input.isDifferentiable {
            guard let gradient = gradients.next() else { break }
            let scale = Swift.max(gradient.map { Double(abs($0)) }.max() ?? 0, 1e-3)
            let stride = Swift.max(1, gradient.count / 5)
            for element in Swift.stride(from: 0, to: gradient.count, by: stride) {
                let step: Float = 1 / 128
                let above = try Evaluation.loss(of: opCase, on: device, moving: index, element, by: step)
                let below = try Evaluation.loss(of: opCase, on: device, moving: index, element, by: -step)
                let measured = (above - below) / (2 * Double(step))
                result = Swift.max(result, abs(measured - Double(gradient[element])) / scale)
            }
        }
        return result
    }

    private static func worst(_ found: [[Float]], _ expected: [[Float]]) throws -> Double {
        guard found.map(\.count) == expected.map(\.count) else {
            throw OpCheckError(description: "\(found.map(\.count)) elements instead of \(expected.map(\.count))")
        }
        var result = 0.0
        for (a, b) in zip(found.joined(), expected.joined()) where a != b && !(a.isNaN && b.isNaN) {
            let error = Double(abs(a - b)) / (1e-5 * (Double(abs(b)) + 1))
            result = error.isNaN ? .infinity : Swift.max(result, error)
        }
        return result
    }
}

/// A case's outputs and the gradients of Σ outputs · seeds with respect to its differentiable inputs.
private struct Evaluation {
    let outputs: [[Float]]
    let gradients: [[Float]]

    init(_ opCase: OpCase, on device: any Device, applications: Int) throws {
        let tape = Tape()
        let inputs = zip(opCase.inputs, opCase.tensors(on: device)).map { $0.isDifferentiable ? tape.watch($1) : $1 }
        var random = Philox(seed: 11)
        var total: Tensor?
        var values: [[Float]] = []
        for _ in 0..<applications {
            for output in opCase.run(inputs) {
                values.append(try output.scalars())
                guard output.isTracked else { continue }
                let seed = Tensor(random.normals(output.count), shape: output.shape, on: device)
                let term = (output * seed).sum()
                total = total.map { $0 + term } ?? term
            }
        }
        outputs = values
        guard let total else {
            gradients = []
            return
        }
        let watched = inputs.filter(\.isTracked)
        gradients = try tape.gradients(of: total, withRespectTo: watched).map { try $0?.scalars() ?? [] }
    }

    /// Σ outputs · seeds in Float64, with one element of one input moved.
    static func loss(
        of opCase: OpCase, on device: any Device, moving index: Int, _ element: Int, by step: Float
    ) throws -> Double {
        var inputs = opCase.tensors(on: device)
        var values = try inputs[index].scalars()
        values[element] += step
        inputs[index] = Tensor(values, shape: inputs[index].shape, on: device)
        var random = Philox(seed: 11)
        var total = 0.0
        let tape = Tape()
        let recorded = zip(opCase.inputs, inputs).map { $0.isDifferentiable ? tape.watch($1) : $1 }
        for output in opCase.run(recorded) where output.isTracked {
            let seed = random.normals(output.count)
            total += zip(try output.scalars(), seed).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return total
    }
}
