internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<HalvedMaximumOp> {
    /// One sweep over each channel of each image.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<HalvedMaximumOp> {
        FusedKernel(keepsInputs: [0]) { _, call in
            let (x, y, shape) = (call.inputs[0].floats, call.outputs[0].floats, call.inputs[0].shape)
            let (rows, columns) = (shape[2], shape[3])
            runtime.pool.run(shape[0] * shape[1]) { plane, _ in
                ck_halve(x + plane * rows * columns, y + plane * (rows / 2) * (columns / 2), rows, columns)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let slot = call.gradients[0] else { return }
            let (rows, columns, adds) = (x.shape[2], x.shape[3], slot.mode == .accumulate)
            let (source, cotangent, target) = (x.floats, call.cotangents[0].floats, slot.view.floats)
            runtime.pool.run(x.shape[0] * x.shape[1]) { plane, _ in
                let start = plane * rows * columns
                ck_halve_gradient(
                    source + start, cotangent + plane * (rows / 2) * (columns / 2), target + start, adds, rows, columns)
            }
        }
    }
}
