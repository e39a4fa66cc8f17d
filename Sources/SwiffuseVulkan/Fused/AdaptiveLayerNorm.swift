internal import SwiffuseTensor

extension FusedKernel<AdaptiveLayerNormOp> {
    /// One row per invocation; keeps each row's mean and 1/√(variance + ε).
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<AdaptiveLayerNormOp> {
        FusedKernel(
            keepsInputs: [0, 1, 2, 3],
            residuals: { _, inputs in
                let shape = inputs[0].shape
                return [TensorSpec([shape.last == 0 ? 0 : shape.count / shape.last, 2])]
            }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try LayerNormCall(call.inputs).forward(
                    runtime, y: call.outputs[0], kept: call.residuals.first, epsilon: op.epsilon)
            }
        } backward: { _, call in
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let norm = LayerNormCall(call.inputs.compactMap { $0 })
                let (dy, kept) = (call.cotangents[0], call.residuals[0])
                if let slot = call.gradients[0] { try norm.inputGradient(runtime, dy: dy, kept: kept, slot) }
                if let slot = call.gradients[3] { try norm.modulationGradient(runtime, dy: dy, kept: kept, slot) }
                let (weight, bias) = (call.gradients[1], call.gradients[2])
                if weight != nil || bias != nil {
                    try norm.parameterGradients(runtime, dy: dy, kept: kept, weight: weight, bias: bias)
                }
            }
        }
    }
}

/// Launches of the kernels for a layer norm whose every row has a modulation of its own.
private struct LayerNormCall {
    private let x: BufferView
    private let weight: BufferView
    private let bias: BufferView
    private let modulation: BufferView
    private let width: Int
    private let rows: Int

    init(_ inputs: [BufferView]) {
        (x, weight, bias, modulation) = (inputs[0], inputs[1], inputs[2], inputs[3])
        width = weight.shape[0]
        rows = width == 0 ? 0 : x.count / width
    }

    private func isVectorized(_ views: [BufferView]) -> Bool {
        (views + [x, weight, bias, modulation]).allSatisfy { $0.hasVectorRows(width) }
    }

    func forward(
        _ runtime: VulkanRuntime, y: BufferView, kept: BufferView?, epsilon: Float
    ) throws(DeviceError) {
        try runtime.launch(
            .layerNormForward, [isVectorized([y]).word, (kept != nil).word],
            [
                .writing(y), .reading(x), .reading(weight), .reading(bias), .reading(modulation),
                kept.map { .writing($0) },
            ],
            PushWords(
                rows, width, epsilon, y.place, x.place, weight.place, bias.place, modulation.place, kept?.place ?? 0),
            invocations: rows)
    }

    func inputGradient(
        _ runtime: VulkanRuntime, dy: BufferView, kept: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let accumulates = slot.mode == .accumulate
        try runtime.launch(
            .layerNormBackward, [isVectorized([dy, slot.view]).word, accumulates.word],
            [
                slot.operand, .reading(x), .reading(weight), .reading(modulation), .reading(dy), .reading(kept),
                accumulates ? .reading(slot.view) : nil,
            ],
            PushWords(
                rows, width, slot.view.place, x.place, weight.place, modulation.place, dy.place, kept.place),
            invocations: rows)
    }

    func modulationGradient(
        _ runtime: VulkanRuntime, dy: BufferView, kept: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let accumulates = slot.mode == .accumulate
        let units = rows * ((width + 3) / 4)
        try runtime.launch(
            .layerNormModulation, [isVectorized([dy, slot.view]).word, accumulates.word],
            [
                slot.operand, .reading(x), .reading(weight), .reading(bias), .reading(dy), .reading(kept),
                accumulates ? .reading(slot.view) : nil,
            ],
            PushWords(
                units, width, slot.view.place, x.place, weight.place, bias.place, dy.place, kept.place),
            invocations: units)
    }

    func parameterGradients(
        _ runtime: VulkanRuntime, dy: BufferView, kept: BufferView, weight: GradientSlot?, bias: GradientSlot?
    ) throws(DeviceError) {
        if rows == 0 { return }
        let rowsPerChunk = max(64, (rows + 1023) / 1024)
        let chunkCount = (rows + rowsPerChunk - 1) / rowsPerChunk
        let sums = try runtime.scratch([chunkCount, 2 * width])
        let units = chunkCount * ((width + 3) / 4)
        try runtime.launch(
            .layerNormSums, [isVectorized([dy, sums]).word],
            [.writing(sums), .reading(x), .reading(modulation), .reading(dy), .reading(kept)],
            PushWords(
                units, rows, width, rowsPerChunk, sums.place, x.place, modulation.place, dy.place, kept.place),
            invocations: units)
        for (part, slot) in [weight, bias].enumerated() {
            guard let slot else { continue }
            try runtime.reduce(
                .sum, sums.columns(part * width..<(part + 1) * width), slot.view.reshaped([1, width]), slot.mode)
        }
    }
}

extension FusedKernel<AdaptiveResidualOp> {
    /// The residual's own cotangent passes through unchanged; only the branch and the gate need work.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<AdaptiveResidualOp> {
        FusedKernel(keepsInputs: [1, 2]) { _, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let (x, y) = (call.inputs[0].asRows, call.inputs[1].asRows)
                let gate = call.inputs[2].asRows.part(2)
                try runtime.elementwise(.multiplyAdd, [x, gate, y], call.outputs[0].asRows, .overwrite)
            }
        } backward: { _, call in
            guard let y = call.inputs[1]?.asRows, let gate = call.inputs[2]?.asRows.part(2) else { return }
            let cotangent = call.cotangents[0].asRows
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                if let slot = call.gradients[1] {
                    try runtime.elementwise(.multiply, [gate, cotangent], slot.view.asRows, slot.mode)
                }
                if let slot = call.gradients[2] {
                    let modulation = slot.view.asRows
                    if slot.mode == .overwrite { try runtime.fill(0, modulation, .overwrite) }
                    try runtime.elementwise(.multiply, [y, cotangent], modulation.part(2), slot.mode)
                }
                // Only reached through a direct call: the tape passes this cotangent on by itself.
                if let slot = call.gradients[0] { try runtime.copy(call.cotangents[0], slot.view, slot.mode) }
            }
        }
    }
}

extension BufferView {
    /// A dense view as a matrix, all axes but the last in one.
    fileprivate var asRows: BufferView {
        let width = shape.last ?? 0
        return reshaped([width == 0 ? 0 : count / width, width])
    }

    /// Part `index` of rows of shift, scale and gate.
    fileprivate func part(_ index: Int) -> BufferView {
        let width = shape[1] / 3
        return columns(index * width..<(index + 1) * width)
    }

    /// Some columns of a matrix.
    fileprivate func columns(_ range: Range<Int>) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset + range.lowerBound, shape: [shape[0], range.count],
            strides: strides)
    }
}

extension GradientSlot {
    /// The slot as what a kernel writes.
    var operand: Operand { mode == .accumulate ? .updating(view) : .writing(view) }
}
