internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<GELUOp> {
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<GELUOp> {
        FusedKernel(keepsInputs: [0]) { _, call in
            let (x, y) = (call.inputs[0].floats, call.outputs[0].floats)
            runtime.pool.run(over: call.outputs[0].count, grain: CPURuntime.elementGrain) {
                ck_gelu_forward(x, y, $0.lowerBound, $0.upperBound)
            }
        } backward: { _, call in
            guard let x = call.inputs[0]?.floats, let slot = call.gradients[0] else { return }
            let (cotangent, target) = (call.cotangents[0].floats, slot.view.floats)
            runtime.pool.run(over: slot.view.count, grain: CPURuntime.elementGrain) {
                ck_gelu_backward(x, cotangent, target, slot.mode == .accumulate, $0.lowerBound, $0.upperBound)
            }
        }
    }
}
