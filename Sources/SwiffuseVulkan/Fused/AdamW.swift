internal import SwiffuseTensor

extension FusedKernel<AdamWOp> {
    /// Parameter, moments and up to two averages are read and written once, in place; further averages follow.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<AdamWOp> {
        FusedKernel(
            forward: { op, call in
                runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                    // Outside of an in-place update, results are separate memory: start from the old values.
                    for (input, output) in zip(call.inputs, call.outputs)
                    where input.buffer !== output.buffer || input.offset != output.offset {
                        try runtime.copy(input, output, .overwrite)
                    }
                    try runtime.step(
                        op, values: call.outputs, gradient: call.inputs[call.outputs.count],
                        factor: call.inputs[call.outputs.count + 1])
                }
            },
            updateAll: { op, calls in runtime.step(op, calls) },
            backward: nil)
    }
}

extension VulkanRuntime {
    /// Averages that the kernel updates along with the parameter.
    static let fusedAverages = 2

    func step(
        _ op: AdamWOp, values: [BufferView], gradient: BufferView, factor: BufferView
    ) throws(DeviceError) {
        let count = gradient.count
        let averages = Array(values.dropFirst(3).prefix(Self.fusedAverages))
        let isVectorized = (values + [gradient]).allSatisfy { $0.hasVectorRows(count) }
        let slots = (0..<5).map { $0 < 3 + averages.count ? values[$0] : nil }
        try launch(
            .adamw, [isVectorized.word, UInt32(averages.count)],
            slots.map { $0.map { .updating($0) } } + [.reading(gradient), .reading(factor)],
            PushWords(
                count, slots.map { $0?.place ?? 0 }, gradient.place, factor.place, op.kernelParameters),
            invocations: (count + 3) / 4)
        for index in averages.count..<op.decays.count {
            let average = values[3 + index]
            try elementwise(
                .blend, parameters: (Float(op.decays[index]), Float(1 - op.decays[index])), [average, values[0]],
                average, .overwrite)
        }
    }
}

extension AdamWOp {
    /// The step's numbers in the kernels' order.
    var kernelParameters: [Float] {
        let averages = (0..<VulkanRuntime.fusedAverages).map { $0 < decays.count ? decays[$0] : 0 }
        let numbers = [
            1 - learningRate * weightDecay, beta1, 1 - beta1, beta2, 1 - beta2, correctedRate, inverseRootCorrection,
            epsilon,
        ]
        return (numbers + averages + averages.map { 1 - $0 }).map { Float($0) }
    }
}
