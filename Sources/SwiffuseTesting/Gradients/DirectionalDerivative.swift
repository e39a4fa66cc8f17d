public import SwiffuseTensor

/// Recorded gradients against differences, for any function of tensors.
public enum DirectionalDerivative {
    /// How far the recorded derivative along a random direction is from the measured one.
    ///
    /// The measured derivative is a central difference of fourth order; in Float32 it is good to about a thousandth for
    /// smooth
    /// functions of order 1.
    ///
    /// - Parameters:
    ///   - function: any shape in and out; called with recorded tensors once and with plain ones four times.
    ///   - inputs: where to differentiate; float32.
    ///   - step: how far to go, relative to a direction of normal numbers.
    /// - Returns: |recorded − measured| / (|recorded| + |measured|) of Σ outputs · weights; 0 if both are 0.
    public static func error(
        of function: ([Tensor]) -> Tensor, at inputs: [Tensor], step: Float = 0.02, seed: UInt64 = 3
    ) throws(DeviceError) -> Double {
        guard let device = inputs.first?.device else { return 0 }
        var random = Philox(seed: seed)
        let directions = inputs.map { Tensor.normal($0.shape, using: &random, on: device) }
        let tape = Tape()
        let watched = inputs.map { tape.watch($0.detached()) }
        let output = function(watched)
        let weights = random.normals(output.count)
        let cotangent = Tensor(weights, shape: output.shape, on: device)
        let gradients = tape.gradients(of: output, seed: cotangent, withRespectTo: watched)
        var recorded = 0.0
        for (gradient, direction) in zip(gradients, directions) {
            guard let gradient else { continue }
            recorded += dot(try gradient.scalars(), try direction.scalars())
        }
        var samples: [Double] = []
        for multiple: Float in [-2, -1, 1, 2] {
            let moved = zip(inputs, directions).map { $0.detached() + $1 * (multiple * step) }
            samples.append(dot(try function(moved).scalars(), weights))
        }
        let measured = (samples[0] - 8 * samples[1] + 8 * samples[2] - samples[3]) / (12 * Double(step))
        let size = abs(recorded) + abs(measured)
        return size == 0 ? 0 : abs(recorded - measured) / size
    }

    // In Float64: the differences of sums lose digits in Float32.
    private static func dot(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}
