internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<LinearUnpatchifyOp> {
    /// Patches go from their core's cache into the image; gradients gather them there again.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<LinearUnpatchifyOp> {
        FusedKernel(acceptsStrided: [1], keeps: { $0.kept(for: $1) }) { op, call in
            let bias = call.inputs.count > 2 ? call.inputs[2] : nil
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let weight = try runtime.packedIfNeeded(call.inputs[1])
                try PatchMatrix(op.layout, image: call.outputs[0]).assign(
                    runtime, call.inputs[0].floats, depth: weight.shape[1], MatrixOperand(weight).transposed,
                    bias: bias?.floats, .overwrite)
                // The product has an address only: a copy must live until it is done.
                withExtendedLifetime(weight) {}
            }
        } backward: { op, call in
            let cotangents = PatchMatrix(op.layout, image: call.cotangents[0])
            let width = call.inputSpecs[1].shape[1]
            let parameterGradients = call.gradients.dropFirst().compactMap { $0?.view }
            runtime.perform(writing: parameterGradients) { () throws(DeviceError) in
                let sums = call.gradients.count > 2 ? call.gradients[2] : nil
                var product: PatchMatrix.WeightGradient?
                if let slot = call.gradients[1], let x = call.inputs[0] {
                    product = .init(slot: slot, isTransposed: false, b: x.floats, width: width)
                }
                if product == nil && sums == nil { return }
                try cotangents.gradients(runtime, product: product, sums: sums)
            }
            guard let slot = call.gradients[0], let weight = call.inputs[1] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                let weight = try runtime.packedIfNeeded(weight)
                try cotangents.multiply(
                    runtime, by: MatrixOperand(weight), into: slot.view.floats, width: width, slot.mode)
                withExtendedLifetime(weight) {}
            }
        }
    }
}
