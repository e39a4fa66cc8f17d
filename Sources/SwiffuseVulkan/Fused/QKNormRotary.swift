internal import SwiffuseTensor

extension FusedKernel<QKNormRotaryOp> {
    /// Head split, norm and rotation in one sweep over qkv; keeps 1/rms of queries and keys.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<QKNormRotaryOp> {
        FusedKernel(
            keepsInputs: [0, 1, 2, 3, 4],
            residuals: { op, inputs in
                let shape = inputs[0].shape
                return Array(repeating: TensorSpec([shape[0], shape[1], op.headCount]), count: 2)
            }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try HeadsCall(op, call.inputs).forward(
                    runtime, outputs: call.outputs, inverses: call.residuals, epsilon: op.epsilon)
            }
        } backward: { op, call in
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try HeadsCall(op, call.inputs.compactMap { $0 }).backward(runtime, call)
            }
        }
    }
}

/// Launches of the head kernels, one for each part: 0, 1, 2 are queries, keys and values.
private struct HeadsCall {
    private let inputs: [BufferView]
    private let heads: Int
    private let tokens: Int
    private let rows: Int
    private let size: Int

    init(_ op: QKNormRotaryOp, _ inputs: [BufferView]) {
        self.inputs = inputs
        heads = op.headCount
        rows = inputs[0].shape[0] * inputs[0].shape[1]
        tokens = inputs[0].shape[1]
        size = inputs[1].shape[0]
    }

    private var qkv: BufferView { inputs[0] }
    private var cosine: BufferView { inputs[3] }
    private var sine: BufferView { inputs[4] }

    private func weight(_ part: Int) -> BufferView { inputs[part == 1 ? 2 : 1] }

    private func isVectorized(_ views: [BufferView]) -> Bool {
        (inputs + views).allSatisfy { $0.hasVectorRows(size) }
    }

    func forward(
        _ runtime: VulkanRuntime, outputs: [BufferView], inverses: [BufferView], epsilon: Float
    ) throws(DeviceError) {
        for part in 0..<3 {
            let kept = part < inverses.count ? inverses[part] : nil
            let (output, weight) = (outputs[part], weight(part))
            try runtime.launch(
                .headsForward, [isVectorized([output]).word, (kept != nil).word, UInt32(part)],
                [
                    .writing(output), .reading(qkv), .reading(weight), .reading(cosine), .reading(sine),
                    kept.map { .writing($0) },
                ],
                PushWords(
                    rows * heads, heads, tokens, size, epsilon, output.place, qkv.place, weight.place, cosine.place,
                    sine.place, kept?.place ?? 0),
                invocations: rows * heads)
        }
    }

    func backward(_ runtime: VulkanRuntime, _ call: FusedKernel<QKNormRotaryOp>.Backward) throws(DeviceError) {
        for part in 0..<3 {
            let inverse = part < 2 ? call.residuals[part] : nil
            if let slot = call.gradients[0] {
                try inputGradient(runtime, part, inverse: inverse, call.cotangents[part], slot)
            }
            if let inverse, let slot = call.gradients[1 + part] {
                try weightGradient(runtime, part, inverse: inverse, call.cotangents[part], slot)
            }
        }
    }

    private func inputGradient(
        _ runtime: VulkanRuntime, _ part: Int, inverse: BufferView?, _ cotangent: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let accumulates = slot.mode == .accumulate
        let weight = weight(part)
        try runtime.launch(
            .headsBackward, [isVectorized([cotangent, slot.view]).word, accumulates.word, UInt32(part)],
            [
                slot.operand, .reading(qkv), .reading(weight),
                .reading(cosine), .reading(sine), .reading(inverse), .reading(cotangent),
                accumulates ? .reading(slot.view) : nil,
            ],
            PushWords(
                rows * heads, heads, tokens, size, slot.view.place, qkv.place, weight.place, cosine.place, sine.place,
                inverse?.place ?? 0, cotangent.place),
            invocations: rows * heads)
    }

    private func weightGradient(
        _ runtime: VulkanRuntime, _ part: Int, inverse: BufferView, _ cotangent: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let rowsPerChunk = max(4, (rows + 1023) / 1024)
        let chunkCount = (rows + rowsPerChunk - 1) / rowsPerChunk
        let sums = try runtime.scratch([chunkCount, size])
        let units = chunkCount * ((size + 3) / 4)
        try runtime.launch(
            .headsSums, [isVectorized([cotangent, sums]).word, UInt32(part)],
            [.writing(sums), .reading(qkv), .reading(cotangent), .reading(cosine), .reading(sine), .reading(inverse)],
            PushWords(
                units, rows, heads, tokens, size, rowsPerChunk, sums.place, qkv.place, cotangent.place, cosine.place,
                sine.place, inverse.place),
            invocations: units)
        try runtime.reduce(.sum, sums, slot.view.reshaped([1, size]), slot.mode)
    }
}
