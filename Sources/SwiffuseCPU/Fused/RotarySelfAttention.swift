internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<RotarySelfAttentionOp> {
    /// Each task normalises and rotates the queries and keys of one image and head in its own memory, where attention then
    /// reads them; so does the gradient again. Keeps the rows' log-sum-exp.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<RotarySelfAttentionOp> {
        FusedKernel(
            keepsInputs: [0, 1, 2, 3, 4], keepsOutputs: [0],
            residuals: { op, inputs in
                [TensorSpec([inputs[0].shape[0], op.heads.headCount, inputs[0].shape[1]])]
            }
        ) { op, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                try RotaryAttentionCall(op, call.inputs, runtime).forward(
                    runtime, out: call.outputs[0].floats, logSumExp: call.residuals.first?.floats)
            }
        } backward: { op, call in
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try RotaryAttentionCall(op, call.inputs.compactMap { $0 }, runtime).backward(runtime, call)
            }
        }
    }
}

/// One launch: parts 0, 1, 2 of the projection are queries, keys and values.
private struct RotaryAttentionCall {
    private let heads: ck_heads
    private let attention: ck_attention
    private let qkv: UnsafePointer<Float>
    private let images: Int

    init(_ op: RotarySelfAttentionOp, _ inputs: [BufferView], _ runtime: CPURuntime) {
        heads = ck_heads(op.heads, inputs)
        qkv = UnsafePointer(inputs[0].floats)
        images = inputs[0].shape[0]
        let (tokens, size, width) = (heads.tokens, heads.size, heads.heads * heads.size)
        // Queries and keys of one head at a time; values where they lie.
        let own = ck_head_layout(image_stride: 0, head_stride: 0, row_stride: size)
        attention = ck_attention(
            heads: heads.heads, queries: tokens, keys: tokens, size: size, scale: op.scale, q: own, k: own,
            v: ck_head_layout(image_stride: tokens * 3 * width, head_stride: size, row_stride: 3 * width),
            out: ck_head_layout(image_stride: tokens * width, head_stride: size, row_stride: width),
            mask: nil, mask_layout: ck_head_layout(), multiply: runtime.product)
    }

    /// Numbers of one head's queries, keys or values.
    private var headCount: Int { heads.tokens * heads.size }
    /// From the start of a row of the projection to its values.
    private var valueOffset: Int { 2 * heads.heads * heads.size }

    private func place(_ pair: Int, part: Int) -> ck_head_place {
        ck_head_place(image: pair / heads.heads, part: part, head: pair % heads.heads)
    }

    private func gather(_ pair: Int, part: Int, _ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) {
        var (heads, place) = (heads, place(pair, part: part))
        ck_heads_gather(&heads, &place, qkv, target, rows.lowerBound, rows.upperBound)
    }

    func forward(
        _ runtime: CPURuntime, out: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>?
    ) throws(DeviceError) {
        var attention = attention
        let block = max(1, ck_attention_forward_block(&attention))
        let perWorker = ck_attention_forward_scratch(&attention) + 2 * headCount
        let memory = try runtime.scratch(perWorker * runtime.pool.threadCount)
        let tokens = heads.tokens
        let blocks = (tokens + block - 1) / block
        let values = qkv + valueOffset
        runtime.pool.run(images * heads.heads * blocks) { [attention] task, worker in
            var attention = attention
            let (pair, first) = (task / blocks, task % blocks * block)
            let end = min(tokens, first + block)
            let queries = memory.floats + worker * perWorker
            let keys = queries + headCount
            gather(pair, part: 0, first..<end, into: queries)
            gather(pair, part: 1, 0..<tokens, into: keys)
            ck_attention_forward(
                &attention, queries, keys, values, out, logSumExp, keys + headCount, pair / heads.heads,
                pair % heads.heads, first, end)
        }
    }

    func backward(_ runtime: CPURuntime, _ call: FusedKernel<RotarySelfAttentionOp>.Backward) throws(DeviceError) {
        guard let out = call.outputs[0]?.floats else { return }
        var attention = attention
        let (logSumExp, dout) = (call.residuals[0].floats, call.cotangents[0].floats)
        let perWorker = ck_attention_backward_scratch(&attention) + 4 * headCount
        let memory = try runtime.scratch(perWorker * runtime.pool.threadCount)
        let size = heads.size
        let sums = try runtime.scratch(images * heads.heads * 2 * size)
        // The kernels always write dqkv; without a taker it goes to temporary memory.
        let unused = call.gradients[0] == nil ? try runtime.scratch(images * 3 * heads.heads * headCount) : nil
        guard let target = call.gradients[0]?.view.floats ?? unused?.floats else { return }
        let adds = call.gradients[0]?.mode == .accumulate
        let (values, valueGradient) = (qkv + valueOffset, target + valueOffset)
        runtime.pool.run(images * heads.heads) { [attention] pair, worker in
            var (attention, heads) = (attention, heads)
            let queries = memory.floats + worker * perWorker
            let keys = queries + headCount
            let gradients = (keys + headCount, keys + 2 * headCount)
            gather(pair, part: 0, 0..<heads.tokens, into: queries)
            gather(pair, part: 1, 0..<heads.tokens, into: keys)
            ck_attention_backward(
                &attention, queries, keys, values, out, logSumExp, dout, gradients.0, gradients.1, valueGradient,
                ck_attention_modes(q: false, k: false, v: adds), keys + 3 * headCount, pair / heads.heads,
                pair % heads.heads)
            for (part, gradient) in [gradients.0, gradients.1].enumerated() {
                var place = place(pair, part: part)
                ck_heads_scatter(&heads, &place, qkv, gradient, target, adds, sums.floats + (2 * pair + part) * size)
            }
        }
        withExtendedLifetime(unused) {}
        for part in 0..<2 {
            guard let slot = call.gradients[1 + part] else { continue }
            let shares = BufferView(
                buffer: sums, dtype: .float32, offset: part * size, shape: [images * heads.heads, size],
                strides: [2 * size, 1])
            let row = BufferView(
                buffer: slot.view.buffer, dtype: .float32, offset: slot.view.offset, shape: [1, size],
                strides: [size, 1])
            runtime.reduce(.sum, shares, row, slot.mode)
        }
    }
}
