internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<LinearOp> {
    /// One product per panel, to which the bias is added at once. The weight may lie in rows or in columns.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<LinearOp> {
        FusedKernel(acceptsStrided: [1], keeps: { $0.kept(for: $1) }) { _, call in
            let bias = call.inputs.count > 2 ? call.inputs[2] : nil
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let weight = try runtime.packedIfNeeded(call.inputs[1])
                try LinearSizes(call.inputs[0].shape, call.inputs[1].shape).forward(
                    runtime, x: call.inputs[0].floats, weight: MatrixOperand(weight), bias: bias?.floats,
                    y: call.outputs[0].floats)
                // The product has an address only: a copy must live until it is done.
                withExtendedLifetime(weight) {}
            }
        } backward: { _, call in
            let sizes = LinearSizes(call.inputSpecs[0].shape.dimensions, call.inputSpecs[1].shape.dimensions)
            let dy = call.cotangents[0]
            let biasSlot = call.gradients.count > 2 ? call.gradients[2] : nil
            runtime.perform(writing: call.gradients.dropFirst().compactMap { $0?.view }) { () throws(DeviceError) in
                guard let slot = call.gradients[1], let x = call.inputs[0] else {
                    if let biasSlot { sizes.biasGradient(runtime, dy, biasSlot) }
                    return
                }
                try sizes.weightGradient(
                    runtime, dy, x: MatrixOperand(x.floats, stride: max(sizes.inputs, 1)), slot, bias: biasSlot)
            }
            guard let slot = call.gradients[0], let weight = call.inputs[1] else { return }
            runtime.perform(writing: [slot.view]) { () throws(DeviceError) in
                let weight = try runtime.packedIfNeeded(weight)
                try sizes.inputGradient(runtime, dy: dy.floats, weight: MatrixOperand(weight), slot)
                withExtendedLifetime(weight) {}
            }
        }
    }
}
