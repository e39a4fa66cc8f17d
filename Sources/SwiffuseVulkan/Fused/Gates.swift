internal import SwiffuseTensor

extension FusedKernel<SwiGLUOp> {
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<SwiGLUOp> {
        FusedKernel(keepsInputs: [0]) { _, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let halves = call.inputs[0].halves
                let output = call.outputs[0].reshaped(halves.first.shape)
                try runtime.elementwise(.gatedSilu, [halves.first, halves.second], output, .overwrite)
            }
        } backward: { _, call in
            guard let input = call.inputs[0], let slot = call.gradients[0] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                let (halves, gradients) = (input.halves, slot.view.halves)
                let cotangent = call.cotangents[0].reshaped(halves.first.shape)
                try runtime.elementwise(
                    .gatedSiluGradient, [halves.first, halves.second, cotangent], gradients.first, slot.mode)
                try runtime.elementwise(.gatedSilu, [halves.first, cotangent], gradients.second, slot.mode)
            }
        }
    }
}

extension BufferView {
    /// The two halves of a dense view's last axis, as matrices.
    fileprivate var halves: (first: BufferView, second: BufferView) {
        let width = (shape.last ?? 0) / 2
        let rows = width == 0 ? 0 : count / (2 * width)
        func half(_ start: Int) -> BufferView {
            BufferView(
                buffer: buffer, dtype: dtype, offset: offset + start, shape: [rows, width], strides: [2 * width, 1])
        }
        return (half(0), half(width))
    }
}

extension FusedKernel<GatedResidualOp> {
    /// The residual's own cotangent passes through unchanged; only the branch and the gate need work.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<GatedResidualOp> {
        FusedKernel(acceptsStrided: [2], keeps: { $0.kept(for: $1) }) { _, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let gate = call.inputs[2].repeated(along: call.inputs[0])
                try runtime.elementwise(
                    .multiplyAdd, [call.inputs[0], gate, call.inputs[1]], call.outputs[0], .overwrite)
            }
        } backward: { _, call in
            guard let gate = call.inputs[2] else { return }
            let cotangent = call.cotangents[0]
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                if let slot = call.gradients[1] {
                    try runtime.elementwise(.multiply, [gate.repeated(along: cotangent), cotangent], slot.view, slot.mode)
                }
                if let slot = call.gradients[2], let y = call.inputs[1] {
                    try runtime.gateGradient(y: y, cotangent, slot)
                }
                // Only reached through a direct call: the tape passes this cotangent on by itself.
                if let slot = call.gradients[0] { try runtime.copy(cotangent, slot.view, slot.mode) }
            }
        }
    }
}

extension BufferView {
    /// A gate for each image [B, D], or one for all [D], as one for each row of x.
    fileprivate func repeated(along x: BufferView) -> BufferView {
        let steps =
            shape.count == 1
            ? x.shape.dropLast().map { _ in 0 } + strides : [strides[0], 0, strides[1]]
        return BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: x.shape, strides: steps)
    }
}

extension VulkanRuntime {
    /// dgate [B, D] or [D] (+)= Σ of dout · y over the rows that it gates.
    fileprivate func gateGradient(
        y: BufferView, _ cotangent: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let gate = slot.view
        let (images, width) = (gate.shape.count == 1 ? 1 : gate.shape[0], gate.shape.last ?? 0)
        let chunks = RowChunks(images: images, rowsPerImage: y.count / max(1, gate.count))
        let sums = try scratch([images, chunks.chunksPerImage, width])
        let isVectorized = [y, cotangent, sums].allSatisfy { $0.hasVectorRows(width) }
        let units = chunks.count * ((width + 3) / 4)
        try launch(
            .columnSums, [isVectorized.word, 0, 0, 0], [.writing(sums), .reading(y), .reading(cotangent)],
            PushWords(
                units, width, chunks.rowsPerImage, chunks.rowsPerChunk, chunks.chunksPerImage, sums.place, y.place,
                cotangent.place, 0),
            invocations: units)
        try reduce(.sum, sums, slot.view.reshaped([images, 1, width]), slot.mode)
    }
}
