internal import SwiffuseTensor

extension FusedKernel<LinearOp> {
    /// One product with the bias added in its epilogue; gradients are products and a sum over rows.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<LinearOp> {
        FusedKernel(keeps: { $0.kept(for: $1) }) { _, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let bias = call.inputs.count > 2 ? call.inputs[2] : nil
                try LinearCall(call.inputs[0], call.inputs[1], result: call.outputs[0]).forward(runtime, bias: bias)
            }
        } backward: { _, call in
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let cotangent = call.cotangents[0]
                let (inputs, outputs) = (call.inputSpecs[1].shape[1], call.inputSpecs[1].shape[0])
                let rows = call.inputSpecs[0].shape.dimensions.dropLast().reduce(1, *)
                let result = cotangent.reshaped([rows, outputs])
                if let slot = call.gradients[1], let x = call.inputs[0] {
                    // dW (+)= dyᵀ · x
                    try runtime.matmul(
                        result.exchanged, x.reshaped([rows, inputs]), slot.view, scale: 1, mode: slot.mode)
                }
                if call.gradients.count > 2, let slot = call.gradients[2] {
                    try runtime.reduce(.sum, result, slot.view.reshaped([1, slot.view.count]), slot.mode)
                }
                if let slot = call.gradients[0], let weight = call.inputs[1] {
                    // dx (+)= dy · W
                    try runtime.matmul(result, weight, slot.view.reshaped([rows, inputs]), scale: 1, mode: slot.mode)
                }
            }
        }
    }
}

/// A linear layer's product; all views are matrices.
private struct LinearCall {
    let x: BufferView
    let weight: BufferView
    let result: BufferView

    init(_ x: BufferView, _ weight: BufferView, result: BufferView) {
        let rows = x.shape.dropLast().reduce(1, *)
        self.x = x.reshaped([rows, weight.shape[1]])
        self.weight = weight
        self.result = result.reshaped([rows, weight.shape[0]])
    }

    /// y = x · Wᵀ + b
    func forward(_ runtime: VulkanRuntime, bias: BufferView?) throws(DeviceError) {
        if weight.shape[1] > 0 {
            try runtime.product(
                x, weight.exchanged, result, scale: 1, mode: .overwrite, epilogue: bias.map { .bias($0) } ?? .none)
        } else if let bias {
            let rows = BufferView(
                buffer: bias.buffer, dtype: .float32, offset: bias.offset, shape: result.shape, strides: [0, 1])
            try runtime.copy(rows, result, .overwrite)
        } else {
            try runtime.fill(0, result, .overwrite)
        }
    }
}

extension BufferView {
    /// A dense view in another shape.
    func reshaped(_ shape: [Int]) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: shape, strides: Shape(shape).contiguousStrides)
    }

    /// The last two axes exchanged.
    var exchanged: BufferView {
        let rank = shape.count
        var (newShape, newStrides) = (shape, strides)
        newShape.swapAt(rank - 2, rank - 1)
        newStrides.swapAt(rank - 2, rank - 1)
        return BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: newShape, strides: newStrides)
    }
}
