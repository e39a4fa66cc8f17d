internal import SwiffuseTensor

extension FusedKernel<LayerNormOp> {
    /// Keeps mean and inverse deviation of each row. To the norm kernels, the bias is the shift of a single image.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<LayerNormOp> {
        FusedKernel(
            keepsInputs: [0, 1], residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: true)] }
        ) { op, call in
            let factors =
                op.hasFactors ? NormFactors(weight: call.inputs[1], shift: call.inputs[2]) : NormFactors()
            NormCall(x: call.inputs[0], factors, epsilon: op.epsilon, centres: true)
                .forward(runtime, y: call.outputs[0], kept: call.residuals.first)
        } backward: { op, call in
            guard let x = call.inputs[0] else { return }
            let factors = op.hasFactors ? NormFactors(weight: call.inputs[1]) : NormFactors()
            let gradients =
                op.hasFactors
                ? NormGradients(x: call.gradients[0], weight: call.gradients[1], shift: call.gradients[2])
                : NormGradients(x: call.gradients[0])
            NormCall(x: x, factors, epsilon: op.epsilon, centres: true)
                .backward(runtime, kept: call.residuals[0], dy: call.cotangents[0], gradients)
        }
    }
}

extension FusedKernel<ModulatedLayerNormOp> {
    /// Norm, scale and shift in one sweep; shift and scale may be slices of a wider projection.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<ModulatedLayerNormOp> {
        FusedKernel(
            acceptsStrided: [1, 2], keepsInputs: [0, 2],
            residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: true)] }
        ) { op, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let factors = try runtime.factors(nil, scale: call.inputs[2], shift: call.inputs[1])
                NormCall(
                    x: call.inputs[0], factors, images: call.inputs[0].shape[0], epsilon: op.epsilon, centres: true
                ).forward(runtime, y: call.outputs[0], kept: call.residuals.first)
                // The launch has addresses only: copies must live until it is done.
                withExtendedLifetime(factors) {}
            }
        } backward: { op, call in
            guard let x = call.inputs[0], let scale = call.inputs[2] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let factors = try runtime.factors(nil, scale: scale)
                NormCall(x: x, factors, images: x.shape[0], epsilon: op.epsilon, centres: true).backward(
                    runtime, kept: call.residuals[0], dy: call.cotangents[0],
                    NormGradients(x: call.gradients[0], shift: call.gradients[1], scale: call.gradients[2]))
                withExtendedLifetime(factors) {}
            }
        }
    }
}
