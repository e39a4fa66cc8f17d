internal import SwiffuseTensor

extension FusedKernel<ConvolutionOp> {
    /// Products with the windows in columns, which are laid out for a few images at a time.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<ConvolutionOp> {
        FusedKernel(keeps: ConvolutionOp.kept(_:for:)) { op, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let convolution = ConvolutionCall(op, image: call.inputs[0].shape, output: call.outputs[0].shape)
                let bias = call.inputs.count > 2 ? call.inputs[2] : nil
                try convolution.forward(
                    runtime, call.inputs[0], weight: call.inputs[1], bias: bias, into: call.outputs[0])
            }
        } backward: { op, call in
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let y = op.activation == .relu ? call.outputs[0] : nil
                let dy = try runtime.rectifierGradient(y: y, call.cotangents[0])
                if call.gradients.count > 2, let slot = call.gradients[2] {
                    let (images, channels) = (dy.shape[0], dy.shape[1])
                    try runtime.reduce(
                        .sum, dy.reshaped([images, channels, dy.shape[2] * dy.shape[3]]),
                        slot.view.reshaped([1, channels, 1]), slot.mode)
                }
                if let slot = call.gradients[1], let x = call.inputs[0] {
                    try ConvolutionCall(op, image: x.shape, output: dy.shape)
                        .weightGradient(runtime, x, dy: dy, slot)
                }
                if let slot = call.gradients[0], let weight = call.inputs[1] {
                    try ConvolutionCall(op, image: slot.view.shape, output: dy.shape)
                        .imageGradient(runtime, dy: dy, weight: weight, slot)
                }
            }
        }
    }
}

extension VulkanRuntime {
    /// dy where y is not 0, in temporary memory; dy itself without y.
    fileprivate func rectifierGradient(y: BufferView?, _ dy: BufferView) throws(DeviceError) -> BufferView {
        guard let y else { return dy }
        let zero = try scratch([1])
        try fill(0, zero, .overwrite)
        let zeros = BufferView(
            buffer: zero.buffer, dtype: zero.dtype, offset: zero.offset, shape: dy.shape,
            strides: dy.shape.map { _ in 0 })
        let result = try scratch(dy.shape)
        try elementwise(.select, [y, dy, zeros], result, .overwrite)
        return result
    }
}

/// The launches of a convolution.
private struct ConvolutionCall {
    private let op: ConvolutionOp
    private let images: Int
    private let channels: Int
    private let height: Int
    private let width: Int
    private let outputs: Int
    private let positions: Int

    /// - Parameters:
    ///   - image: [B, C, H, W].
    ///   - output: [B, O, H′, W′].
    init(_ op: ConvolutionOp, image: [Int], output: [Int]) {
        self.op = op
        (images, channels, height, width) = (image[0], image[1], image[2], image[3])
        (outputs, positions) = (output[1], output[2] * output[3])
    }

    private var window: Int { channels * op.geometry.kernel.height * op.geometry.kernel.width }

    /// Most values of windows that are held at once.
    private static let windowLimit = 8 << 20

    /// The images, a few at a time.
    private var parts: [Range<Int>] {
        let count = max(1, Self.windowLimit / max(1, window * positions))
        return stride(from: 0, to: images, by: count).map { $0..<min(images, $0 + count) }
    }

    /// [images, C · kh · kw, positions] for some images of x.
    private func columns(
        _ runtime: VulkanRuntime, _ x: BufferView, _ part: Range<Int>
    ) throws(DeviceError) -> BufferView {
        let image = x.images(part, [channels, height, width])
        if op.geometry.isPointwise { return image.reshaped([part.count, channels, positions]) }
        let columns = try runtime.scratch([part.count, window, positions])
        try runtime.unfold(op.geometry, image, columns.exchanged, .overwrite)
        return columns
    }

    /// y = f(W · columns + b)
    func forward(
        _ runtime: VulkanRuntime, _ x: BufferView, weight: BufferView, bias: BufferView?, into y: BufferView
    ) throws(DeviceError) {
        for part in parts {
            let result = y.images(part, [outputs, positions])
            let sum =
                switch op.activation {
                case .none: result
                case .relu: try runtime.scratch(result.shape)
                }
            if let bias {
                let repeated = BufferView(
                    buffer: bias.buffer, dtype: bias.dtype, offset: bias.offset, shape: sum.shape, strides: [0, 1, 0])
                try runtime.copy(repeated, sum, .overwrite)
            }
            let rows = weight.repeated([part.count, outputs, window], strides: [0, window, 1])
            try runtime.matmul(
                rows, try columns(runtime, x, part), sum, scale: 1, mode: bias == nil ? .overwrite : .accumulate)
            switch op.activation {
            case .none: break
            case .relu: try runtime.unary(.clamp(lower: 0, upper: .infinity), sum, result, .overwrite)
            }
        }
    }

    /// dW (+)= Σ over images of dy · columnsᵀ
    func weightGradient(
        _ runtime: VulkanRuntime, _ x: BufferView, dy: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let target = slot.view.reshaped([outputs, window])
        if slot.mode == .overwrite { try runtime.fill(0, target, .overwrite) }
        for part in parts {
            let windows = try columns(runtime, x, part)
            for image in part {
                let place = image - part.lowerBound
                let cotangent = dy.images(image..<image + 1, [outputs, positions]).reshaped([outputs, positions])
                let own = windows.images(place..<place + 1, [window, positions]).reshaped([window, positions])
                try runtime.matmul(cotangent, own.exchanged, target, scale: 1, mode: .accumulate)
            }
        }
    }

    /// dx (+)= the windows Wᵀ · dy, put back into images.
    func imageGradient(
        _ runtime: VulkanRuntime, dy: BufferView, weight: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        for part in parts {
            let turned = weight.repeated([part.count, window, outputs], strides: [0, 1, window])
            let cotangent = dy.images(part, [outputs, positions])
            let target = slot.view.images(part, [channels, height, width])
            if op.geometry.isPointwise {
                try runtime.matmul(
                    turned, cotangent, target.reshaped([part.count, channels, positions]), scale: 1, mode: slot.mode)
                continue
            }
            let columns = try runtime.scratch([part.count, window, positions])
            try runtime.matmul(turned, cotangent, columns, scale: 1, mode: .overwrite)
            try runtime.fold(op.geometry, columns.exchanged, target, slot.mode)
        }
    }
}

extension BufferView {
    /// Some images of a dense view, each in another shape.
    fileprivate func images(_ range: Range<Int>, _ shape: [Int]) -> BufferView {
        let whole = [range.count] + shape
        let strides = Shape(whole).contiguousStrides
        return BufferView(
            buffer: buffer, dtype: dtype, offset: offset + range.lowerBound * strides[0], shape: whole,
            strides: strides)
    }

    /// The same matrix for every image.
    fileprivate func repeated(_ shape: [Int], strides: [Int]) -> BufferView {
        BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: shape, strides: strides)
    }
}
