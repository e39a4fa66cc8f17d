internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<PatchifyLinearOp> {
    /// Patches are gathered in their core's cache and multiplied there; from there the image's gradient is put into
    /// place.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<PatchifyLinearOp> {
        FusedKernel(acceptsStrided: [1], keeps: { $0.kept(for: $1) }) { op, call in
            let bias = call.inputs.count > 2 ? call.inputs[2] : nil
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let weight = try runtime.packedIfNeeded(call.inputs[1])
                let (y, width) = (call.outputs[0].floats, weight.shape[0])
                let sizes = LinearSizes(call.outputs[0].shape, [width, width])
                try PatchMatrix(op.layout, image: call.inputs[0]).multiply(
                    runtime, by: MatrixOperand(weight).transposed, into: y, width: width
                ) { sizes.add(bias?.floats, to: y, rows: $0, columns: $1) }
                // The product has an address only: a copy must live until it is done.
                withExtendedLifetime(weight) {}
            }
        } backward: { op, call in
            let dy = call.cotangents[0]
            let width = call.inputSpecs[1].shape[0]
            let parameterGradients = call.gradients.dropFirst().compactMap { $0?.view }
            runtime.perform(writing: parameterGradients) { () throws(DeviceError) in
                if call.gradients.count > 2, let slot = call.gradients[2] {
                    LinearSizes(dy.shape, [width, width]).biasGradient(runtime, dy, slot)
                }
                guard let slot = call.gradients[1], let image = call.inputs[0] else { return }
                try PatchMatrix(op.layout, image: image).gradients(
                    runtime, product: .init(slot: slot, isTransposed: true, b: dy.floats, width: width))
            }
            guard let slot = call.gradients[0], let weight = call.inputs[1] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                let weight = try runtime.packedIfNeeded(weight)
                try PatchMatrix(op.layout, image: slot.view).assign(
                    runtime, dy.floats, depth: width, MatrixOperand(weight), bias: nil, slot.mode)
                withExtendedLifetime(weight) {}
            }
        }
    }
}
