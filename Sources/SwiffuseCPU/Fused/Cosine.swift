internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<CosineOp> {
    /// Three sums in one sweep over each pair; the backward pass makes them again.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<CosineOp> {
        FusedKernel(keepsInputs: [0, 1]) { _, call in
            let (x, y, target) = (call.inputs[0].floats, call.inputs[1].floats, call.outputs[0].floats)
            let width = call.inputs[0].shape.last ?? 0
            runtime.pool.run(over: call.outputs[0].count, grain: grain(width)) {
                ck_cosines(x, y, target, width, CosineOp.smallestSquare, $0.lowerBound, $0.upperBound)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let y = call.inputs[1] else { return }
            let (cotangent, width) = (call.cotangents[0].floats, x.shape.last ?? 0)
            for (index, operands) in [(x, y), (y, x)].enumerated() {
                guard let slot = call.gradients[index] else { continue }
                let (target, adds) = (slot.view.floats, slot.mode == .accumulate)
                runtime.pool.run(over: call.cotangents[0].count, grain: grain(width)) {
                    ck_cosines_gradient(
                        operands.0.floats, operands.1.floats, cotangent, target, adds, width, CosineOp.smallestSquare,
                        $0.lowerBound, $0.upperBound)
                }
            }
        }
    }

    private static func grain(_ width: Int) -> Int { max(1, CPURuntime.elementGrain / max(1, width)) }
}
