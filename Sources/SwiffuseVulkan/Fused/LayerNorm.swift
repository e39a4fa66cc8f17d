internal import SwiffuseTensor

extension FusedKernel<LayerNormOp> {
    /// Keeps mean and inverse deviation of each row. To the norm kernels, the bias is the shift of a single image.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<LayerNormOp> {
        FusedKernel(
            keepsInputs: [0, 1], residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: true)] }
        ) { op, call in
            let factors =
                op.hasFactors ? NormFactors(weight: call.inputs[1], shift: call.inputs[2]) : NormFactors()
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try NormCall(x: call.inputs[0], factors, centres: true)
                    .forward(runtime, y: call.outputs[0], kept: call.residuals.first, epsilon: op.epsilon)
            }
        } backward: { op, call in
            guard let x = call.inputs[0] else { return }
            let factors = op.hasFactors ? NormFactors(weight: call.inputs[1]) : NormFactors()
            let gradients =
                op.hasFactors
                ? NormGradients(x: call.gradients[0], weight: call.gradients[1], shift: call.gradients[2])
                : NormGradients(x: call.gradients[0])
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try NormCall(x: x, factors, centres: true)
                    .backward(runtime, kept: call.residuals[0], dy: call.cotangents[0], gradients)
            }
        }
    }
}

extension FusedKernel<ModulatedLayerNormOp> {
    /// Norm, scale and shift in one sweep; shift and scale may be slices of a wider projection.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<ModulatedLayerNormOp> {
        FusedKernel(
            acceptsStrided: [1, 2], keepsInputs: [0, 2],
            residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: true)] }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                let factors = NormFactors(
                    shift: try runtime.denseRows(call.inputs[1]), scale: try runtime.denseRows(call.inputs[2]))
                try NormCall(x: call.inputs[0], factors, images: call.inputs[0].shape[0], centres: true)
                    .forward(runtime, y: call.outputs[0], kept: call.residuals.first, epsilon: op.epsilon)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let scale = call.inputs[2] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let factors = NormFactors(scale: try runtime.denseRows(scale))
                try NormCall(x: x, factors, images: x.shape[0], centres: true).backward(
                    runtime, kept: call.residuals[0], dy: call.cotangents[0],
                    NormGradients(x: call.gradients[0], shift: call.gradients[1], scale: call.gradients[2]))
            }
        }
    }
}
