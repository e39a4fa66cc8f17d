internal import SwiffuseTensor

extension FusedKernel<AttentionOp> {
    /// Products, softmax and products again, a few images at a time so that the scores stay small; keeps the rows'
    /// log-sum-exp, from which the backward pass makes the weights again.
    ///
    /// On processors playing a GPU this is twenty times faster than one kernel for all (and compiles in a second
    /// instead of minutes).
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<AttentionOp> {
        FusedKernel(
            acceptsStrided: [0, 1, 2], keepsInputs: [0, 1, 2, 3], keepsOutputs: [0],
            residuals: { _, inputs in [TensorSpec(Shape(Array(inputs[0].shape.dimensions.prefix(3))))] }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try AttentionCall(op.scale, call.inputs).forward(
                    runtime, out: call.outputs[0], logSumExp: call.residuals.first)
            }
        } backward: { op, call in
            guard let out = call.outputs[0] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try AttentionCall(op.scale, call.inputs.compactMap { $0 }).backward(
                    runtime, Results(out: out, logSumExp: call.residuals[0]), cotangent: call.cotangents[0],
                    call.gradients.prefix(3).map { $0.map { HeadGradient(view: $0.view, mode: $0.mode) } })
            }
        }
    }
}

extension FusedKernel<SelfAttentionOp> {
    /// As attention, over heads that stay in the projection, forward and backward.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<SelfAttentionOp> {
        FusedKernel(
            keepsInputs: [0], keepsOutputs: [0],
            residuals: { op, inputs in
                [TensorSpec([inputs[0].shape[0], op.headCount, inputs[0].shape[1]])]
            }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try AttentionCall(op.scale, op.heads(of: call.inputs[0])).forward(
                    runtime, out: call.outputs[0], logSumExp: call.residuals.first)
            }
        } backward: { op, call in
            guard let qkv = call.inputs[0], let out = call.outputs[0], let slot = call.gradients[0] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                try AttentionCall(op.scale, op.heads(of: qkv)).backward(
                    runtime, Results(out: out, logSumExp: call.residuals[0]), cotangent: call.cotangents[0],
                    op.heads(of: slot.view).map { HeadGradient(view: $0, mode: slot.mode) })
            }
        }
    }
}

/// Where the gradient of queries, keys or values goes: [B, H, N, d].
private struct HeadGradient {
    let view: BufferView
    let mode: WriteMode
}

/// What the forward pass left: the output [B, N, H·d] and the rows' log-sum-exp [B, H, N].
private struct Results {
    let out: BufferView
    let logSumExp: BufferView
}

/// The launches for some images.
private struct AttentionCall {
    private let scale: Float
    /// q, k, v and perhaps a mask.
    private let operands: [BufferView]
    private let images: Range<Int>

    init(_ scale: Float, _ operands: [BufferView]) {
        self.init(scale, operands, images: 0..<operands[0].shape[0])
    }

    private init(_ scale: Float, _ operands: [BufferView], images: Range<Int>) {
        self.scale = scale
        self.operands = operands
        self.images = images
    }

    private var heads: Int { operands[0].shape[1] }
    private var queries: Int { operands[0].shape[2] }
    private var keys: Int { operands[1].shape[2] }
    private var size: Int { operands[0].shape[3] }
    /// Elements from one row of scores to the next: whole vectors.
    private var rowStride: Int { (keys + 3) / 4 * 4 }

    /// Most elements of a score matrix that is held at once.
    private static let scoreLimit = 8 << 20

    /// Calls for a few images each.
    private var parts: [AttentionCall] {
        let perImage = max(1, heads * queries * rowStride)
        let count = max(1, Self.scoreLimit / perImage)
        return stride(from: images.lowerBound, to: images.upperBound, by: count).map {
            AttentionCall(scale, operands, images: $0..<min($0 + count, images.upperBound))
        }
    }

    private func operand(_ index: Int) -> BufferView { operands[index].images(images) }

    /// What is added to the scores, as [B, H, N, M].
    private var mask: BufferView? {
        operands.count > 3 ? operands[3].repeated(to: [operands[0].shape[0], heads, queries, keys]).images(images) : nil
    }

    /// [B, N, H·d] as [B, H, N, d].
    private func byHead(_ view: BufferView) -> BufferView {
        BufferView(
            buffer: view.buffer, dtype: view.dtype, offset: view.offset,
            shape: [view.shape[0], heads, view.shape[1], size],
            strides: [view.shape[1] * heads * size, size, heads * size, 1]
        ).images(images)
    }

    private func scores(_ runtime: VulkanRuntime) throws(DeviceError) -> BufferView {
        try runtime.scratch([images.count, heads, queries, rowStride])
    }

    func forward(_ runtime: VulkanRuntime, out: BufferView, logSumExp: BufferView?) throws(DeviceError) {
        for part in parts { try part.mix(runtime, out: out, logSumExp: logSumExp) }
    }

    /// - Parameter gradients: those of queries, keys and values.
    func backward(
        _ runtime: VulkanRuntime, _ results: Results, cotangent: BufferView, _ gradients: [HeadGradient?]
    ) throws(DeviceError) {
        let products = try headProducts(runtime, results.out, cotangent)
        for part in parts {
            try part.unmix(
                runtime, logSumExp: results.logSumExp, cotangent: cotangent, products: products, gradients)
        }
    }

    private func mix(_ runtime: VulkanRuntime, out: BufferView, logSumExp: BufferView?) throws(DeviceError) {
        let scores = try scores(runtime)
        try multiplyQueriesAndKeys(runtime, into: scores)
        let inverses = try exponentiate(scores, runtime, logSumExp: logSumExp)
        try runtime.product(
            scores, operand(2), byHead(out), scale: 1, mode: .overwrite, epilogue: .scaledRows(inverses))
    }

    /// q · kᵀ · scale + mask.
    private func multiplyQueriesAndKeys(_ runtime: VulkanRuntime, into scores: BufferView) throws(DeviceError) {
        if let mask { try runtime.copy(mask, scores.columns(keys), .overwrite) }
        try runtime.product(
            operand(0), operand(1).exchanged, scores.columns(keys), scale: scale,
            mode: mask == nil ? .overwrite : .accumulate)
    }

    /// Scores become e^(score − maximum), in place.
    ///
    /// - Returns: the inverses of the rows' sums, [B, H, N].
    private func exponentiate(
        _ scores: BufferView, _ runtime: VulkanRuntime, logSumExp: BufferView?
    ) throws(DeviceError) -> BufferView {
        let inverses = try runtime.scratch([images.count, heads, queries])
        let kept = logSumExp?.images(images)
        let rows = images.count * heads * queries
        try runtime.launchRows(
            .softmax, [runtime.profile.usesSubgroups.word, (kept != nil).word, (mask != nil).word],
            [.updating(scores), .reading(scores), .writing(inverses), kept.map { .writing($0) }],
            PushWords(rows, keys, rowStride / 4, scores.place, inverses.place, kept?.place ?? 0), rows: rows)
        return inverses
    }

    /// Σ over d of dout · out for each row of each head, [B, H, N].
    private func headProducts(
        _ runtime: VulkanRuntime, _ out: BufferView, _ cotangent: BufferView
    ) throws(DeviceError) -> BufferView {
        let result = try runtime.scratch([images.count, heads, queries])
        let isVectorized = [out, cotangent].allSatisfy { $0.hasVectorRows(size) }
        try runtime.launch(
            .headProducts, [isVectorized.word], [.writing(result), .reading(out), .reading(cotangent)],
            PushWords(result.count, heads, queries, size, result.place, out.place, cotangent.place),
            invocations: result.count)
        return result
    }

    /// The softmax of the scores, once more.
    private func weights(_ runtime: VulkanRuntime, logSumExp: BufferView) throws(DeviceError) -> BufferView {
        let scores = try scores(runtime)
        guard mask != nil else {
            try runtime.product(
                operand(0), operand(1).exchanged, scores.columns(keys), scale: scale, mode: .overwrite,
                epilogue: .exponential(logSumExp.images(images)), storedColumns: rowStride)
            return scores
        }
        try multiplyQueriesAndKeys(runtime, into: scores)
        let inverses = try exponentiate(scores, runtime, logSumExp: nil)
        let weights = try self.scores(runtime)
        try runtime.elementwise(
            .multiply, [scores, inverses.alongRows(of: scores)], weights, .overwrite)
        return weights
    }

    private func unmix(
        _ runtime: VulkanRuntime, logSumExp: BufferView, cotangent: BufferView, products: BufferView,
        _ targets: [HeadGradient?]
    ) throws(DeviceError) {
        let (q, k, v) = (operand(0), operand(1), operand(2))
        let cotangent = byHead(cotangent)
        let weights = try weights(runtime, logSumExp: logSumExp)
        if let target = targets[2] {
            try runtime.product(
                weights.columns(keys).exchanged, cotangent, target.view.images(images), scale: 1, mode: target.mode)
        }
        guard targets[0] != nil || targets[1] != nil else { return }
        let gradients = try scores(runtime)
        try runtime.product(
            cotangent, v.exchanged, gradients.columns(keys), scale: scale, mode: .overwrite,
            epilogue: .softmaxGradient(weights: weights.columns(keys), rows: products.images(images)),
            storedColumns: rowStride)
        if let target = targets[0] {
            try runtime.product(gradients, k, target.view.images(images), scale: 1, mode: target.mode)
        }
        if let target = targets[1] {
            try runtime.product(
                gradients.columns(keys).exchanged, q, target.view.images(images), scale: 1, mode: target.mode)
        }
    }
}

extension BufferView {
    /// Some positions of the outermost axis.
    fileprivate func images(_ range: Range<Int>) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset + range.lowerBound * strides[0],
            shape: [range.count] + shape.dropFirst(), strides: strides)
    }

    /// This dense view with its axes of one element repeated.
    fileprivate func repeated(to extents: [Int]) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: extents,
            strides: zip(shape, strides).map { $0 == 1 ? 0 : $1 })
    }

    /// A dense vector for each matrix, as the columns of `matrices`.
    fileprivate func alongRows(of matrices: BufferView) -> BufferView {
        BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: matrices.shape, strides: strides + [0])
    }

    /// The first columns.
    fileprivate func columns(_ count: Int) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: Array(shape.dropLast()) + [count], strides: strides)
    }
}
