internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<MeanSquaredErrorOp> {
    /// Sums of blocks, added in double precision; the cuts depend on the shape alone.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<MeanSquaredErrorOp> {
        FusedKernel(keepsInputs: [0, 1]) { _, call in
            let (x, y, means) = (call.inputs[0], call.inputs[1], call.outputs[0])
            runtime.perform(writing: [means]) { () throws(DeviceError) in try runtime.meanSquaredError(x, y, means) }
        } backward: { _, call in
            guard let x = call.inputs[0], let y = call.inputs[1] else { return }
            let cotangents = call.cotangents[0].floats
            let size = x.count / max(1, x.shape[0])
            for (index, operands) in [(x, y), (y, x)].enumerated() {
                guard let slot = call.gradients[index] else { continue }
                let (target, adds) = (slot.view.floats, slot.mode == .accumulate)
                for image in 0..<x.shape[0] {
                    let factor = 2 * cotangents[image] / Float(max(1, size))
                    runtime.pool.run(over: size, grain: CPURuntime.elementGrain) {
                        let start = image * size + $0.lowerBound
                        ck_difference(
                            operands.0.floats + start, operands.1.floats + start, factor, target + start, adds, $0.count)
                    }
                }
            }
        }
    }
}

extension CPURuntime {
    private static let errorBlock = 4096

    fileprivate func meanSquaredError(_ x: BufferView, _ y: BufferView, _ means: BufferView) throws(DeviceError) {
        let size = x.count / max(1, x.shape[0])
        let blocks = (size + Self.errorBlock - 1) / Self.errorBlock
        let (first, second) = (x.floats, y.floats)
        let sums = try scratch(x.shape[0] * blocks)
        pool.run(x.shape[0] * blocks) { task, _ in
            let place = task % blocks * Self.errorBlock
            let start = task / blocks * size + place
            sums.floats[task] = ck_squared_error(
                first + start, second + start, min(Self.errorBlock, size - place))
        }
        for image in 0..<x.shape[0] {
            let shares = (0..<blocks).lazy.map { Double(sums.floats[image * blocks + $0]) }
            means.floats[image] = Float(shares.reduce(0, +) / Double(max(1, size)))
        }
    }
}
