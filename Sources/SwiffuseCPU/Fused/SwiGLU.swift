internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<SwiGLUOp> {
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<SwiGLUOp> {
        FusedKernel(keepsInputs: [0]) { _, call in
            let (target, width) = (call.outputs[0].floats, call.outputs[0].shape.last ?? 0)
            let swiglu = ck_swiglu(call.inputs[0])
            runtime.forRows(of: call.outputs[0]) { rows in
                var swiglu = swiglu
                ck_swiglu_forward(&swiglu, target + rows.lowerBound * width, width, rows.lowerBound, rows.upperBound)
            }
        } backward: { _, call in
            guard let input = call.inputs[0], let slot = call.gradients[0] else { return }
            let (cotangent, target) = (call.cotangents[0].floats, slot.view.floats)
            let (swiglu, width) = (ck_swiglu(input), call.cotangents[0].shape.last ?? 0)
            runtime.forRows(of: call.cotangents[0]) { rows in
                var swiglu = swiglu
                ck_swiglu_backward(
                    &swiglu, cotangent + rows.lowerBound * width, width, target, slot.mode == .accumulate, nil, 0,
                    rows.lowerBound, rows.upperBound)
            }
        }
    }
}

extension ck_swiglu {
    /// All columns of a dense […, 2F].
    init(_ input: BufferView) {
        let width = (input.shape.last ?? 0) / 2
        self.init(ab: input.floats, width: width, first: 0, columns: width)
    }

    /// Some of the columns.
    func columns(_ range: Range<Int>) -> ck_swiglu {
        ck_swiglu(ab: ab, width: width, first: first + range.lowerBound, columns: range.count)
    }
}
