internal import SwiffuseTensor

extension FusedKernel<RMSNormOp> {
    /// Keeps 1/rms of each row.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<RMSNormOp> {
        FusedKernel(
            keepsInputs: [0, 1], residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: false)] }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try NormCall(x: call.inputs[0], NormFactors(weight: call.inputs[1]))
                    .forward(runtime, y: call.outputs[0], kept: call.residuals.first, epsilon: op.epsilon)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let weight = call.inputs[1] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try NormCall(x: x, NormFactors(weight: weight)).backward(
                    runtime, kept: call.residuals[0], dy: call.cotangents[0],
                    NormGradients(x: call.gradients[0], weight: call.gradients[1]))
            }
        }
    }
}

extension FusedKernel<ModulatedRMSNormOp> {
    /// Norm, weight, scale and shift in one sweep; shift and scale may be slices of a wider projection.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<ModulatedRMSNormOp> {
        FusedKernel(
            acceptsStrided: [2, 3], keepsInputs: [0, 1, 3],
            residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: false)] }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                let factors = NormFactors(
                    weight: call.inputs[1], shift: try runtime.denseRows(call.inputs[2]),
                    scale: try runtime.denseRows(call.inputs[3]))
                try NormCall(x: call.inputs[0], factors, images: call.inputs[0].shape[0])
                    .forward(runtime, y: call.outputs[0], kept: call.residuals.first, epsilon: op.epsilon)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let weight = call.inputs[1], let scale = call.inputs[3] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let factors = NormFactors(weight: weight, scale: try runtime.denseRows(scale))
                try NormCall(x: x, factors, images: x.shape[0]).backward(
                    runtime, kept: call.residuals[0], dy: call.cotangents[0],
                    NormGradients(
                        x: call.gradients[0], weight: call.gradients[1], shift: call.gradients[2],
                        scale: call.gradients[3]))
            }
        }
    }
}

extension VulkanRuntime {
    /// The view itself if each of its rows is dense, else a copy.
    func denseRows(_ view: BufferView) throws(DeviceError) -> BufferView {
        view.strides[1] == 1 || view.shape[1] <= 1 ? view : try dense(view)
    }
}
