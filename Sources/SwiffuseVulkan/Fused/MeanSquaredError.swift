internal import SwiffuseTensor

extension FusedKernel<MeanSquaredErrorOp> {
    /// Differences and their sums of squares; nothing is kept but the operands.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<MeanSquaredErrorOp> {
        FusedKernel(keepsInputs: [0, 1]) { _, call in
            let means = call.outputs[0]
            runtime.perform(writing: [means]) { () throws(DeviceError) in
                let differences = try runtime.differences(call.inputs[0], call.inputs[1])
                let sums = try runtime.scratch(means.shape + [1])
                try runtime.reduce(.sumOfSquares, differences, sums, .overwrite)
                let scale = 1 / Float(max(1, differences.shape[1]))
                try runtime.elementwise(.affine, parameters: (scale, 0), [sums.firstColumn], means, .overwrite)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let y = call.inputs[1] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                for (index, operands) in [(x, y), (y, x)].enumerated() {
                    guard let slot = call.gradients[index] else { continue }
                    let differences = try runtime.differences(operands.0, operands.1)
                    let factors = try runtime.scratch(call.cotangents[0].shape)
                    let scale = 2 / Float(max(1, differences.shape[1]))
                    try runtime.elementwise(.affine, parameters: (scale, 0), call.cotangents, factors, .overwrite)
                    try runtime.elementwise(
                        .multiply, [differences, factors.repeated(differences.shape[1])],
                        slot.view.asRows(differences.shape), slot.mode)
                }
            }
        }
    }
}

extension VulkanRuntime {
    /// x − y as [B, n].
    fileprivate func differences(_ x: BufferView, _ y: BufferView) throws(DeviceError) -> BufferView {
        let result = try scratch([x.shape[0], x.count / max(1, x.shape[0])])
        try elementwise(.subtract, [x.asRows(result.shape), y.asRows(result.shape)], result, .overwrite)
        return result
    }
}

extension BufferView {
    /// A dense view in another shape [B, n].
    fileprivate func asRows(_ extents: [Int]) -> BufferView {
        BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: extents, strides: [extents[1], 1])
    }

    /// A dense [B, 1] as [B].
    fileprivate var firstColumn: BufferView {
        BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: [shape[0]], strides: [1])
    }

    /// A dense [B] as [B, count].
    fileprivate func repeated(_ count: Int) -> BufferView {
        BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: shape + [count], strides: [1, 0])
    }
}
