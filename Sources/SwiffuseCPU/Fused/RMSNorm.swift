internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<RMSNormOp> {
    /// Keeps 1/rms of each row.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<RMSNormOp> {
        FusedKernel(
            keepsInputs: [0, 1], residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: false)] }
        ) { op, call in
            NormCall(x: call.inputs[0], NormFactors(weight: call.inputs[1]), epsilon: op.epsilon)
                .forward(runtime, y: call.outputs[0], kept: call.residuals.first)
        } backward: { op, call in
            guard let x = call.inputs[0], let weight = call.inputs[1] else { return }
            NormCall(x: x, NormFactors(weight: weight), epsilon: op.epsilon).backward(
                runtime, kept: call.residuals[0], dy: call.cotangents[0],
                NormGradients(x: call.gradients[0], weight: call.gradients[1]))
        }
    }
}

extension FusedKernel<ModulatedRMSNormOp> {
    /// Norm, weight, scale and shift in one sweep; shift and scale may be slices of a wider projection.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<ModulatedRMSNormOp> {
        FusedKernel(
            acceptsStrided: [2, 3], keepsInputs: [0, 1, 3],
            residuals: { _, inputs in [NormGradients.statistics(of: inputs[0], centres: false)] }
        ) { op, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let factors = try runtime.factors(call.inputs[1], scale: call.inputs[3], shift: call.inputs[2])
                NormCall(x: call.inputs[0], factors, images: call.inputs[0].shape[0], epsilon: op.epsilon)
                    .forward(runtime, y: call.outputs[0], kept: call.residuals.first)
                // The launch has addresses only: copies must live until it is done.
                withExtendedLifetime(factors) {}
            }
        } backward: { op, call in
            guard let x = call.inputs[0], let weight = call.inputs[1], let scale = call.inputs[3] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let factors = try runtime.factors(weight, scale: scale)
                NormCall(x: x, factors, images: x.shape[0], epsilon: op.epsilon).backward(
                    runtime, kept: call.residuals[0], dy: call.cotangents[0],
                    NormGradients(
                        x: call.gradients[0], weight: call.gradients[1], shift: call.gradients[2],
                        scale: call.gradients[3]))
                withExtendedLifetime(factors) {}
            }
        }
    }
}
