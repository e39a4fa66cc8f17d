internal import SwiffuseTensor

extension FusedKernel<CosineOp> {
    /// A workgroup for each pair; the backward pass makes the sums again.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<CosineOp> {
        FusedKernel(keepsInputs: [0, 1]) { _, call in
            let (x, y, cosines) = (call.inputs[0], call.inputs[1], call.outputs[0])
            runtime.perform(writing: [cosines]) { () throws(DeviceError) in
                try runtime.launchRows(
                    .cosine, [runtime.profile.usesSubgroups.word], [.writing(cosines), .reading(x), .reading(y)],
                    PushWords(
                        cosines.count, x.shape.last ?? 0, CosineOp.smallestSquare, cosines.place, x.place, y.place),
                    rows: cosines.count)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let y = call.inputs[1] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                if let slot = call.gradients[0] { try runtime.cosineGradient(x, y, call.cotangents[0], slot) }
                if let slot = call.gradients[1] { try runtime.cosineGradient(y, x, call.cotangents[0], slot) }
            }
        }
    }
}

extension VulkanRuntime {
    fileprivate func cosineGradient(
        _ x: BufferView, _ y: BufferView, _ cotangent: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let accumulates = slot.mode == .accumulate
        try launchRows(
            .cosineBackward, [profile.usesSubgroups.word, accumulates.word],
            [
                accumulates ? .updating(slot.view) : .writing(slot.view), .reading(x), .reading(y),
                .reading(cotangent), accumulates ? .reading(slot.view) : nil,
            ],
            PushWords(
                cotangent.count, x.shape.last ?? 0, CosineOp.smallestSquare, slot.view.place, x.place, y.place,
                cotangent.place),
            rows: cotangent.count)
    }
}
