internal import SwiffuseTensor

extension VulkanRuntime {
    /// Axes of the elementwise kernel's parameter block.
    private static let largestRank = 5

    /// output = f(inputs) for each element; all views have the output's shape and are float32.
    func elementwise(
        _ function: ElementFunction, parameters: (Float, Float) = (0, 0), _ inputs: [BufferView],
        _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        let views = [output] + inputs
        for axes in LoopAxes(views).split(toRank: Self.largestRank) {
            let isVectorized = axes.isVectorizable
            let loop = isVectorized ? axes.inVectors : axes
            let accumulates = mode == .accumulate
            let operands: [Operand?] = (0..<5).map { slot in
                switch slot {
                case 0: accumulates ? .updating(output) : .writing(output)
                case 4: accumulates ? .reading(output) : nil
                default: slot < views.count ? .reading(views[slot]) : nil
                }
            }
            let repeated = isVectorized ? axes.repeatedInputs : 0
            let perGroup = profile.groupSize * profile.units * (isVectorized ? 1 : 4)
            try record(
                Dispatch(
                    kernel: .elementwise,
                    constants: [
                        UInt32(profile.groupSize), function.rawValue, UInt32(loop.rank), isVectorized.word, repeated,
                        accumulates.word, UInt32(profile.units),
                    ],
                    operands: operands,
                    parameters: PushWords(
                        loop.count, parameters.0, parameters.1, loop.places(paddedTo: 4),
                        loop.extents(paddedTo: Self.largestRank),
                        loop.strides(paddedTo: Self.largestRank, operands: 4)),
                    groups: groups(loop.count, perGroup: perGroup)))
        }
    }

    func unary(
        _ function: UnaryFunction, _ x: BufferView, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        let (kernel, parameters) = function.kernelFunction
        try elementwise(kernel, parameters: parameters, [x], output, mode)
    }
}
