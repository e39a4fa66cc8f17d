internal import SwiffuseTensor

extension FusedKernel<AttentionOp> {
    /// Products, softmax and products again, a few images at a time so that the scores stay small; keeps the rows'
    /// log-sum-exp, from which the backward pass makes the weights again.
    ///
    /// On processors playing a GPU this is twenty times faster than one kernel for all (and compiles in a second
    /// instead of minutes).
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<AttentionOp> {
        FusedKernel(
            acceptsStrided: [0, 1, 2], keepsInputs: [0, 1, 2], keepsOutputs: [0],
            residuals: { _, inputs in [TensorSpec(Shape(Array(inputs[0].shape.dimensions.prefix(3))))] }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                let all = AttentionCall(op, call.inputs)
                for part in all.parts {
                    try part.forward(runtime, out: call.outputs[0], logSumExp: call.residuals.first)
                }
            }
        } backward: { op, call in
            guard let out = call.outputs[0] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let all = AttentionCall(op, call.inputs.compactMap { $0 })
                let products = try all.headProducts(runtime, out, call.cotangents[0])
                for part in all.parts { try part.backward(runtime, call, products: products) }
            }
        }
    }
}

/// The launches for some images.
private struct AttentionCall {
    private let scale: Float
    private let operands: [BufferView]
    private let images: Range<Int>

    init(_ op: AttentionOp, _ operands: [BufferView]) {
        self.init(op.scale, operands, images: 0..<operands[0].shape[0])
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
    var parts: [AttentionCall] {
        let perImage = max(1, heads * queries * rowStride)
        let count = max(1, Self.scoreLimit / perImage)
        return stride(from: images.lowerBound, to: images.upperBound, by: count).map {
            AttentionCall(scale, operands, images: $0..<min($0 + count, images.upperBound))
        }
    }

    private func operand(_ index: Int) -> BufferView { operands[index].images(images) }

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
        let scores = try scores(runtime)
        try runtime.product(
            operand(0), operand(1).exchanged, scores.columns(keys), scale: scale, mode: .overwrite)
        let inverses = try runtime.scratch([images.count, heads, queries])
        let kept = logSumExp?.images(images)
        let rows = images.count * heads * queries
        try runtime.launchRows(
            .softmax, [runtime.profile.usesSubgroups.word, (kept != nil).word],
            [.updating(scores), .reading(scores), .writing(inverses), kept.map { .writing($0) }],
            PushWords(rows, keys, rowStride / 4, scores.place, inverses.place, kept?.place ?? 0), rows: rows)
        try runtime.product(
            scores, operand(2), byHead(out), scale: 1, mode: .overwrite, epilogue: .scaledRows(inverses))
    }

    /// Σ over d of dout · out for each row of each head, [B, H, N].
    func headProducts(
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

    func backward(
        _ runtime: VulkanRuntime, _ call: FusedKernel<AttentionOp>.Backward, products: BufferView
    ) throws(DeviceError) {
        let (q, k, v) = (operand(0), operand(1), operand(2))
        let cotangent = byHead(call.cotangents[0])
        let weights = try scores(runtime)
        try runtime.product(
            q, k.exchanged, weights.columns(keys), scale: scale, mode: .overwrite,
            epilogue: .exponential(call.residuals[0].images(images)), storedColumns: rowStride)
        if let slot = call.gradients[2] {
            try runtime.product(
                weights.columns(keys).exchanged, cotangent, slot.view.images(images), scale: 1, mode: slot.mode)
        }
        guard call.gradients[0] != nil || call.gradients[1] != nil else { return }
        let gradients = try scores(runtime)
        try runtime.product(
            cotangent, v.exchanged, gradients.columns(keys), scale: scale, mode: .overwrite,
            epilogue: .softmaxGradient(weights: weights.columns(keys), rows: products.images(images)),
            storedColumns: rowStride)
        if let slot = call.gradients[0] {
            try runtime.product(gradients, k, slot.view.images(images), scale: 1, mode: slot.mode)
        }
        if let slot = call.gradients[1] {
            try runtime.product(
                gradients.columns(keys).exchanged, q, slot.view.images(images), scale: 1, mode: slot.mode)
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

    /// The first columns.
    fileprivate func columns(_ count: Int) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: Array(shape.dropLast()) + [count], strides: strides)
    }
}
