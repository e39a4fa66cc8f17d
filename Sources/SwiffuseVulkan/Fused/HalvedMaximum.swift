internal import SwiffuseTensor

extension FusedKernel<HalvedMaximumOp> {
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<HalvedMaximumOp> {
        FusedKernel(keepsInputs: [0]) { _, call in
            let (x, maxima) = (call.inputs[0], call.outputs[0])
            runtime.perform(writing: [maxima]) { () throws(DeviceError) in
                try runtime.launch(
                    .halvedMaximum, [], [.writing(maxima), .reading(x)],
                    PushWords(maxima.count, x.shape[2], x.shape[3], maxima.place, x.place), invocations: maxima.count)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let slot = call.gradients[0] else { return }
            let (cotangent, accumulates) = (call.cotangents[0], slot.mode == .accumulate)
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                try runtime.launch(
                    .halvedMaximumBackward, [accumulates.word],
                    [
                        accumulates ? .updating(slot.view) : .writing(slot.view), .reading(x), .reading(cotangent),
                        accumulates ? .reading(slot.view) : nil,
                    ],
                    PushWords(x.count, x.shape[2], x.shape[3], slot.view.place, x.place, cotangent.place),
                    invocations: x.count)
            }
        }
    }
}
