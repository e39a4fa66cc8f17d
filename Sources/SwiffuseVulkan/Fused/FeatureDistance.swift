internal import SwiffuseTensor

extension FusedKernel<FeatureDistanceOp> {
    /// Squared differences pixel by pixel, then their sums; keeps the pixels' norms.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<FeatureDistanceOp> {
        FusedKernel(keepsInputs: [0, 1], residuals: { _, inputs in FeatureDistanceOp.norms(inputs) }) { _, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try runtime.featureDistance(
                    call.inputs[0], call.inputs[1], call.outputs[0], norms: call.residuals.first)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let y = call.inputs[1] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let norms = call.residuals[0].halvesOfFirstAxis
                if let slot = call.gradients[0] {
                    try runtime.featureGradient(x, y, (norms.first, norms.second), call.cotangents[0], slot)
                }
                if let slot = call.gradients[1] {
                    try runtime.featureGradient(y, x, (norms.second, norms.first), call.cotangents[0], slot)
                }
            }
        }
    }
}

extension BufferView {
    /// A dense [2, …] as two views of the rest.
    fileprivate var halvesOfFirstAxis: (first: BufferView, second: BufferView) {
        func half(_ index: Int) -> BufferView {
            BufferView(
                buffer: buffer, dtype: dtype, offset: offset + index * count / 2, shape: Array(shape.dropFirst()),
                strides: Array(strides.dropFirst()))
        }
        return (half(0), half(1))
    }
}

extension VulkanRuntime {
    fileprivate func featureDistance(
        _ x: BufferView, _ y: BufferView, _ output: BufferView, norms: BufferView?
    ) throws(DeviceError) {
        let (channels, pixels) = (x.shape[1], x.shape[2])
        if pixels == 0 { return try fill(0, output, .overwrite) }
        let unkept = norms == nil ? try scratch([2, x.shape[0], pixels]) : nil
        guard let norms = norms ?? unkept else { return }
        let squares = try scratch(x.shape)
        try launch(
            .featureDistance, [], [.writing(squares), .reading(x), .reading(y), .writing(norms)],
            PushWords(
                x.shape[0] * pixels, channels, pixels, FeatureDistanceOp.epsilon, 1 / Float(pixels), squares.place,
                x.place, y.place, norms.place),
            invocations: x.shape[0] * pixels, operations: 8 * x.count)
        let sums = BufferView(
            buffer: output.buffer, dtype: output.dtype, offset: output.offset, shape: output.shape + [1],
            strides: output.strides + [1])
        try reduce(.sum, squares, sums, .overwrite)
    }

    fileprivate func featureGradient(
        _ x: BufferView, _ y: BufferView, _ norms: (x: BufferView, y: BufferView), _ cotangent: BufferView,
        _ slot: GradientSlot
    ) throws(DeviceError) {
        let (channels, pixels, accumulates) = (x.shape[1], x.shape[2], slot.mode == .accumulate)
        try launch(
            .featureDistanceBackward, [accumulates.word],
            [
                accumulates ? .updating(slot.view) : .writing(slot.view), .reading(x), .reading(y), .reading(norms.x),
                .reading(norms.y), .reading(cotangent), accumulates ? .reading(slot.view) : nil,
            ],
            PushWords(
                x.shape[0] * pixels, channels, pixels, FeatureDistanceOp.epsilon, 1 / Float(max(1, pixels)),
                slot.view.place, x.place, y.place, norms.x.place, norms.y.place, cotangent.place),
            invocations: x.shape[0] * pixels, operations: 12 * x.count)
    }
}
