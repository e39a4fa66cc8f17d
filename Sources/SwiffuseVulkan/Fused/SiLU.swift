internal import SwiffuseTensor

extension FusedKernel<SiLUOp> {
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<SiLUOp> {
        FusedKernel(keepsInputs: [0]) { _, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                try runtime.elementwise(.silu, [call.inputs[0]], call.outputs[0], .overwrite)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let slot = call.gradients[0] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                // The gradient of silu(x) · 1, for the cotangent.
                let one = try runtime.scratch([1])
                try runtime.fill(1, one, .overwrite)
                let ones = BufferView(
                    buffer: one.buffer, dtype: one.dtype, offset: one.offset, shape: x.shape,
                    strides: x.shape.map { _ in 0 })
                try runtime.elementwise(.gatedSiluGradient, [x, ones, call.cotangents[0]], slot.view, slot.mode)
            }
        }
    }
}
