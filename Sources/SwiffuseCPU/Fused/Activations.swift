internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<SiLUOp> {
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<SiLUOp> {
        activation(runtime, ck_silu_forward, ck_silu_backward)
    }
}

extension FusedKernel<GELUOp> {
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<GELUOp> {
        activation(runtime, ck_gelu_forward, ck_gelu_backward)
    }
}

extension FusedKernel where Op: ActivationOp {
    /// - Parameters:
    ///   - forward: (x, y, first, end): y = f(x).
    ///   - backward: (x, dy, dx, adds, first, end): dx (+)= f′(x) · dy.
    fileprivate static func activation(
        _ runtime: CPURuntime,
        _ forward: @escaping @Sendable (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int) -> Void,
        _ backward: @escaping @Sendable (
            UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Bool, Int, Int
        ) -> Void
    ) -> FusedKernel<Op> {
        FusedKernel(keepsInputs: [0]) { _, call in
            let (x, y) = (call.inputs[0].floats, call.outputs[0].floats)
            runtime.pool.run(over: call.outputs[0].count, grain: CPURuntime.elementGrain) {
                forward(x, y, $0.lowerBound, $0.upperBound)
            }
        } backward: { _, call in
            guard let x = call.inputs[0]?.floats, let slot = call.gradients[0] else { return }
            let (cotangent, target) = (call.cotangents[0].floats, slot.view.floats)
            runtime.pool.run(over: slot.view.count, grain: CPURuntime.elementGrain) {
                backward(x, cotangent, target, slot.mode == .accumulate, $0.lowerBound, $0.upperBound)
            }
        }
    }
}
