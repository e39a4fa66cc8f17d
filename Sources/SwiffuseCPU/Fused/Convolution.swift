internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<ConvolutionOp> {
    /// Winograd's algorithm where it saves time, else products with windows that are laid out a band of rows at a time;
    /// bias and ReLU follow while a result is in cache.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<ConvolutionOp> {
        FusedKernel(keeps: ConvolutionOp.kept(_:for:)) { op, call in
            let shape = ConvolutionShape(op.geometry, image: call.inputs[0].shape, output: call.outputs[0].shape)
            let epilogue = ck_convolution_epilogue(
                bias: call.inputs.count > 2 ? UnsafePointer(call.inputs[2].floats) : nil,
                rectifies: op.activation == .relu, accumulates: false)
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let (x, weight, y) = (call.inputs[0].floats, call.inputs[1].floats, call.outputs[0].floats)
                if let winograd = WinogradConvolution(forward: shape) {
                    try winograd.run(runtime, x, weight: weight, into: y, epilogue)
                } else {
                    try ColumnConvolution(shape).forward(runtime, x, weight: weight, into: y, epilogue)
                }
            }
        } backward: { op, call in
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try runtime.backward(op, call)
            }
        }
    }
}

/// The extents of a convolution.
struct ConvolutionShape {
    let geometry: PatchGeometry
    let images: Int
    /// Of the images read.
    let channels: Int
    let height: Int
    let width: Int
    /// Of the images written.
    let outputs: Int
    let rows: Int
    let columns: Int

    /// - Parameters:
    ///   - image: [B, C, H, W].
    ///   - output: [B, O, H′, W′].
    init(_ geometry: PatchGeometry, image: [Int], output: [Int]) {
        self.geometry = geometry
        (images, channels, height, width) = (image[0], image[1], image[2], image[3])
        (outputs, rows, columns) = (output[1], output[2], output[3])
    }

    /// Pixels of an image written.
    var positions: Int { rows * columns }
    /// Pixels of a window in one channel.
    var elements: Int { geometry.kernel.height * geometry.kernel.width }
    /// Pixels of a window in all channels.
    var window: Int { channels * elements }
}

extension CPURuntime {
    fileprivate func backward(
        _ op: ConvolutionOp, _ call: FusedKernel<ConvolutionOp>.Backward
    ) throws(DeviceError) {
        let dy = call.cotangents[0]
        let (imageSlot, weightSlot) = (call.gradients[0], call.gradients[1])
        let biasSlot = call.gradients.count > 2 ? call.gradients[2] : nil
        let y = op.activation == .relu ? call.outputs[0] : nil
        let winograd = imageSlot.flatMap { WinogradConvolution(backward: ConvolutionShape(op, image: $0.view, dy)) }
        // Winograd's algorithm applies ReLU's gradient while it reads; everything else reads a copy.
        let readsCopy = weightSlot != nil || biasSlot != nil || winograd == nil
        let sums = readsCopy ? try rectifierGradient(y: y, dy) : dy
        if let slot = biasSlot {
            let columns = BufferView(
                buffer: sums.buffer, dtype: sums.dtype, offset: sums.offset,
                shape: [dy.shape[0], dy.shape[1], dy.shape[2] * dy.shape[3]],
                strides: [dy.shape[1] * dy.shape[2] * dy.shape[3], dy.shape[2] * dy.shape[3], 1])
            let target = BufferView(
                buffer: slot.view.buffer, dtype: slot.view.dtype, offset: slot.view.offset,
                shape: [1, dy.shape[1], 1], strides: [dy.shape[1], 1, 1])
            reduce(.sum, columns, target, slot.mode)
        }
        if let slot = weightSlot, let x = call.inputs[0] {
            let convolution = ColumnConvolution(ConvolutionShape(op, image: x, dy))
            try convolution.weightGradient(self, x: x.floats, dy: sums.floats, slot)
            // These calls have addresses only: a copy must live until they are done.
            withExtendedLifetime(sums) {}
        }
        guard let slot = imageSlot, let weight = call.inputs[1] else { return }
        if let winograd {
            let epilogue = ck_convolution_epilogue(bias: nil, rectifies: false, accumulates: slot.mode == .accumulate)
            try winograd.run(
                self, sums.floats, mask: readsCopy ? nil : y?.floats, weight: weight.floats, into: slot.view.floats,
                epilogue)
        } else {
            let convolution = ColumnConvolution(ConvolutionShape(op, image: slot.view, dy))
            try convolution.imageGradient(self, dy: sums, weight: weight, slot)
        }
        withExtendedLifetime(sums) {}
    }

    /// dy where y is positive, else 0, in temporary memory; dy itself without y.
    private func rectifierGradient(y: BufferView?, _ dy: BufferView) throws(DeviceError) -> BufferView {
        guard let y else { return dy }
        let result = dy.dense(in: try scratch(dy.count))
        let (values, cotangent, target) = (y.floats, dy.floats, result.floats)
        pool.run(over: dy.count, grain: Self.elementGrain) {
            ck_rectifier_gradient(values, cotangent, target, $0.lowerBound, $0.upperBound)
        }
        return result
    }
}

extension ConvolutionShape {
    /// - Parameters:
    ///   - image: the images read, or their gradient.
    ///   - output: the images written, or their cotangent.
    fileprivate init(_ op: ConvolutionOp, image: BufferView, _ output: BufferView) {
        self.init(op.geometry, image: image.shape, output: output.shape)
    }
}
