internal import SwiffuseTensor

extension FusedKernel<GELUOp> {
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<GELUOp> {
        FusedKernel(keepsInputs: [0]) { _, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                try runtime.elementwise(.gelu, [call.inputs[0]], call.outputs[0], .overwrite)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let slot = call.gradients[0] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                try runtime.elementwise(.geluGradient, [x, call.cotangents[0]], slot.view, slot.mode)
            }
        }
    }
}
