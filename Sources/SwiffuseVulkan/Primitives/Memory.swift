internal import SwiffuseTensor

extension VulkanRuntime {
    func fill(_ value: Float, _ output: BufferView, _ mode: WriteMode) throws(DeviceError) {
        if output.dtype == .float32 {
            try elementwise(.constant, parameters: (value, 0), [], output, mode)
        } else {
            try convert(nil, output, constant: value)
        }
    }

    func copy(_ x: BufferView, _ output: BufferView, _ mode: WriteMode) throws(DeviceError) {
        if x.dtype == .float32 {
            try elementwise(.identity, [x], output, mode)
        } else {
            try convert(x, output)
        }
    }

    /// output = input in the output's type, or the constant if there is no input.
    func convert(_ x: BufferView?, _ output: BufferView, constant: Float = 0) throws(DeviceError) {
        let largestRank = 5
        let views = [output] + (x.map { [$0] } ?? [])
        // Neighbours of less than a word share one that is read and written.
        let target: Operand = output.dtype.byteCount < 4 ? .updating(output) : .writing(output)
        for axes in LoopAxes(views).split(toRank: largestRank) {
            try launch(
                .convert, [x?.dtype.kernelNumber ?? 3, output.dtype.kernelNumber, UInt32(axes.rank)],
                [target, .reading(x)],
                PushWords(
                    axes.count, constant, axes.places(paddedTo: 2), axes.extents(paddedTo: largestRank),
                    axes.strides(paddedTo: largestRank, operands: 2)),
                invocations: axes.count)
        }
    }

    /// A dense float32 copy in temporary memory.
    func dense(_ view: BufferView) throws(DeviceError) -> BufferView {
        let copied = try scratch(view.shape)
        try copy(view, copied, .overwrite)
        return copied
    }
}

extension DType {
    /// The type's number in `convert.comp`.
    fileprivate var kernelNumber: UInt32 {
        switch self {
        case .float32: 0
        case .int32: 1
        case .uint8: 2
        case .float16: 4
        }
    }
}
