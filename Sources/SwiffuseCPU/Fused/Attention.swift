internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<AttentionOp> {
    /// Blocked: a score matrix exists for one block of queries of one head at a time; keeps the rows' log-sum-exp.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<AttentionOp> {
        FusedKernel(
            acceptsStrided: [0, 1, 2], keepsInputs: [0, 1, 2, 3], keepsOutputs: [0],
            residuals: { _, inputs in [TensorSpec(Shape(Array(inputs[0].shape.dimensions.prefix(3))))] }
        ) { op, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let operands = try runtime.headOperands(Array(call.inputs.prefix(3)))
                let attention = AttentionCall(scale: op.scale, operands, mask: call.inputs.mask, runtime)
                try attention.forward(runtime, out: call.outputs[0], logSumExp: call.residuals.first)
                // The launch has addresses only: copies must live until it is done.
                withExtendedLifetime(operands) {}
            }
        } backward: { op, call in
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                guard let out = call.outputs[0] else { return }
                // Gradients are dense, and the kernel wants them in their operand's layout.
                let inputs = call.inputs.compactMap { $0 }
                let operands = try runtime.headOperands(Array(inputs.prefix(3)), dense: true)
                let attention = AttentionCall(scale: op.scale, operands, mask: inputs.mask, runtime)
                try attention.backward(
                    runtime, out: out, logSumExp: call.residuals[0], dout: call.cotangents[0],
                    call.gradients.prefix(3).map { $0.map { HeadGradient(view: $0.view, mode: $0.mode) } })
                withExtendedLifetime(operands) {}
            }
        }
    }
}

extension FusedKernel<SelfAttentionOp> {
    /// As attention, over heads that stay in the projection, forward and backward.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<SelfAttentionOp> {
        FusedKernel(
            keepsInputs: [0], keepsOutputs: [0],
            residuals: { op, inputs in
                [TensorSpec([inputs[0].shape[0], op.headCount, inputs[0].shape[1]])]
            }
        ) { op, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                try AttentionCall(scale: op.scale, op.heads(of: call.inputs[0]), runtime).forward(
                    runtime, out: call.outputs[0], logSumExp: call.residuals.first)
            }
        } backward: { op, call in
            guard let qkv = call.inputs[0], let out = call.outputs[0], let slot = call.gradients[0] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                try AttentionCall(scale: op.scale, op.heads(of: qkv), runtime).backward(
                    runtime, out: out, logSumExp: call.residuals[0], dout: call.cotangents[0],
                    op.heads(of: slot.view).map { HeadGradient(view: $0, mode: slot.mode) })
            }
        }
    }
}

extension [BufferView] {
    /// What is added to the scores of attention: the input after queries, keys and values.
    fileprivate var mask: BufferView? { count > 3 ? self[3] : nil }
}

extension BufferView {
    /// Steps through a dense [B or 1, H or 1, N or 1, M] as if it were [B, H, N, M].
    fileprivate var repeatingLayout: ck_head_layout {
        let steps = zip(shape, strides).map { $0 == 1 ? 0 : $1 }
        return ck_head_layout(image_stride: steps[0], head_stride: steps[1], row_stride: steps[2])
    }
}

/// Where the gradient of queries, keys or values goes: [B, H, N, d], laid out like them.
private struct HeadGradient {
    let view: BufferView
    let mode: WriteMode
}

extension CPURuntime {
    /// q, k and v with dense rows (with `dense`, dense altogether), copied only where they are not.
    fileprivate func headOperands(_ views: [BufferView], dense: Bool = false) throws(DeviceError) -> [BufferView] {
        var operands: [BufferView] = []
        for view in views {
            let fits = dense ? view.isContiguous : view.strides[3] == 1 && view.strides[2] >= view.shape[3]
            if fits {
                operands.append(view)
            } else {
                let copied = view.dense(in: try scratch(view.count))
                copy(view, copied, .overwrite)
                operands.append(copied)
            }
        }
        return operands
    }
}

/// One launch of the attention kernels.
private struct AttentionCall {
    private let q: UnsafePointer<Float>
    private let k: UnsafePointer<Float>
    private let v: UnsafePointer<Float>
    private let images: Int
    private let parameters: ck_attention

    /// - Parameter operands: q, k and v.
    init(scale: Float, _ operands: [BufferView], mask: BufferView? = nil, _ runtime: CPURuntime) {
        let (heads, queries, size) = (operands[0].shape[1], operands[0].shape[2], operands[0].shape[3])
        q = UnsafePointer(operands[0].floats)
        k = UnsafePointer(operands[1].floats)
        v = UnsafePointer(operands[2].floats)
        images = operands[0].shape[0]
        let layouts = operands.map {
            ck_head_layout(
                image_stride: $0.strides[0], head_stride: $0.strides[1], row_stride: max($0.strides[2], size))
        }
        parameters = ck_attention(
            heads: heads, queries: queries, keys: operands[1].shape[2], size: size, scale: scale, q: layouts[0],
            k: layouts[1], v: layouts[2],
            out: ck_head_layout(image_stride: queries * heads * size, head_stride: size, row_stride: heads * size),
            mask: mask.map { UnsafePointer($0.floats) }, mask_layout: mask?.repeatingLayout ?? ck_head_layout(),
            multiply: runtime.product)
    }

    func forward(_ runtime: CPURuntime, out: BufferView, logSumExp: BufferView?) throws(DeviceError) {
        let (block, perWorker) = withUnsafePointer(to: parameters) {
            (max(1, ck_attention_forward_block($0)), ck_attention_forward_scratch($0))
        }
        let scratch = try runtime.scratch(perWorker * runtime.pool.threadCount)
        let (target, statistics) = (out.floats, logSumExp?.floats)
        let blocks = (parameters.queries + block - 1) / block
        runtime.pool.run(images * parameters.heads * blocks) { task, worker in
            let (pair, first) = (task / blocks, task % blocks * block)
            withUnsafePointer(to: parameters) {
                ck_attention_forward(
                    $0, q, k, v, target, statistics, scratch.floats + worker * perWorker, pair / parameters.heads,
                    pair % parameters.heads, first, min(parameters.queries, first + block))
            }
        }
    }

    func backward(
        _ runtime: CPURuntime, out: BufferView, logSumExp: BufferView, dout: BufferView, _ gradients: [HeadGradient?]
    ) throws(DeviceError) {
        let perWorker = withUnsafePointer(to: parameters) { ck_attention_backward_scratch($0) }
        let scratch = try runtime.scratch(perWorker * runtime.pool.threadCount)
        let (result, statistics, cotangent) = (out.floats, logSumExp.floats, dout.floats)
        let targets = gradients.map { $0?.view.floats }
        let adds = gradients.map { $0?.mode == .accumulate }
        runtime.pool.run(images * parameters.heads) { pair, worker in
            withUnsafePointer(to: parameters) {
                ck_attention_backward(
                    $0, q, k, v, result, statistics, cotangent, targets[0], targets[1], targets[2],
                    ck_attention_modes(q: adds[0], k: adds[1], v: adds[2]), scratch.floats + worker * perWorker,
                    pair / parameters.heads, pair % parameters.heads)
            }
        }
    }
}
