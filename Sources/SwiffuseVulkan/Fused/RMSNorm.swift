internal import SwiffuseTensor

extension FusedKernel<RMSNormOp> {
    /// Keeps 1/rms of each row.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<RMSNormOp> {
        FusedKernel(keepsInputs: [0, 1], residuals: { _, inputs in [NormCall.residual(of: inputs[0])] }) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try NormCall(x: call.inputs[0], weight: call.inputs[1], images: 1, modulation: nil)
                    .forward(runtime, y: call.outputs[0], inverse: call.residuals.first, epsilon: op.epsilon)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let weight = call.inputs[1] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try NormCall(x: x, weight: weight, images: 1, modulation: nil).backward(
                    runtime, inverse: call.residuals[0], dy: call.cotangents[0],
                    NormGradients(x: call.gradients[0], weight: call.gradients[1], shift: nil, scale: nil))
            }
        }
    }
}

extension FusedKernel<ModulatedRMSNormOp> {
    /// Norm, weight, scale and shift in one sweep; shift and scale may be slices of a wider projection.
    static func vulkan(_ runtime: VulkanRuntime) -> FusedKernel<ModulatedRMSNormOp> {
        FusedKernel(
            acceptsStrided: [2, 3], keepsInputs: [0, 1, 2, 3],
            residuals: { _, inputs in [NormCall.residual(of: inputs[0])] }
        ) { op, call in
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                let modulation = Modulation(
                    shift: try runtime.denseRows(call.inputs[2]), scale: try runtime.denseRows(call.inputs[3]))
                try NormCall(
                    x: call.inputs[0], weight: call.inputs[1], images: call.inputs[0].shape[0], modulation: modulation
                ).forward(runtime, y: call.outputs[0], inverse: call.residuals.first, epsilon: op.epsilon)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let weight = call.inputs[1], let shift = call.inputs[2],
                let scale = call.inputs[3]
            else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let modulation = Modulation(shift: shift, scale: try runtime.denseRows(scale))
                try NormCall(x: x, weight: weight, images: x.shape[0], modulation: modulation).backward(
                    runtime, inverse: call.residuals[0], dy: call.cotangents[0],
                    NormGradients(
                        x: call.gradients[0], weight: call.gradients[1], shift: call.gradients[2],
                        scale: call.gradients[3]))
            }
        }
    }
}

extension VulkanRuntime {
    /// The view itself if each of its rows is dense, else a copy.
    func denseRows(_ view: BufferView) throws(DeviceError) -> BufferView {
        view.strides[1] == 1 || view.shape[1] <= 1 ? view : try dense(view)
    }
}

/// A row of shifts and a row of scales for each image.
private struct Modulation {
    let shift: BufferView
    let scale: BufferView
}

/// Which gradients are wanted, and where.
private struct NormGradients {
    let x: GradientSlot?
    let weight: GradientSlot?
    let shift: GradientSlot?
    let scale: GradientSlot?

    var needsSums: Bool { weight != nil || shift != nil || scale != nil }
}

/// One launch of the norm kernels.
private struct NormCall {
    private let x: BufferView
    private let weight: BufferView
    private let modulation: Modulation?
    private let width: Int
    private let rows: Int
    private let chunks: RowChunks

    init(x: BufferView, weight: BufferView, images: Int, modulation: Modulation?) {
        self.x = x
        self.weight = weight
        self.modulation = modulation
        width = weight.shape[0]
        rows = width == 0 ? 0 : x.count / width
        chunks = RowChunks(images: images, rowsPerImage: images == 0 ? 0 : rows / images)
    }

    static func residual(of x: TensorSpec) -> TensorSpec {
        TensorSpec([x.shape.last == 0 ? 0 : x.shape.count / x.shape.last])
    }

    private func isVectorized(_ views: [BufferView?]) -> Bool {
        let rows = [modulation?.shift, modulation?.scale].allSatisfy { $0.map { $0.strides[0] % 4 == 0 } ?? true }
        return rows
            && (views + [x, weight, modulation?.shift, modulation?.scale]).allSatisfy {
                $0?.hasVectorRows(width) ?? true
            }
    }

    private func constants(_ runtime: VulkanRuntime, _ views: [BufferView?], _ last: Bool) -> [UInt32] {
        [isVectorized(views).word, runtime.profile.usesSubgroups.word, (modulation != nil).word, last.word]
    }

    func forward(
        _ runtime: VulkanRuntime, y: BufferView, inverse: BufferView?, epsilon: Float
    ) throws(DeviceError) {
        let (shift, scale) = (modulation?.shift, modulation?.scale)
        try runtime.launchRows(
            .normForward, constants(runtime, [y], inverse != nil),
            [
                .writing(y), .reading(x), .reading(weight), .reading(scale), .reading(shift),
                inverse.map { .writing($0) },
            ],
            PushWords(
                rows, width, max(1, chunks.rowsPerImage), epsilon, y.place, x.place, weight.place, scale?.place ?? 0,
                shift?.place ?? 0, inverse?.place ?? 0, scale?.strides[0] ?? 0, shift?.strides[0] ?? 0),
            rows: rows)
    }

    func backward(
        _ runtime: VulkanRuntime, inverse: BufferView, dy: BufferView, _ gradients: NormGradients
    ) throws(DeviceError) {
        if let slot = gradients.x { try inputGradient(runtime, inverse: inverse, dy: dy, slot) }
        guard gradients.needsSums else { return }
        let sums = try runtime.scratch([chunks.count, 2, width])
        let isVectorized = isVectorized([dy, sums])
        let units = chunks.count * ((width + 3) / 4)
        try runtime.launch(
            .columnSums, [isVectorized.word, 1, 1],
            [.writing(sums), .reading(x), .reading(dy), .reading(inverse)],
            PushWords(
                units, width, chunks.rowsPerImage, chunks.rowsPerChunk, chunks.chunksPerImage, sums.place, x.place,
                dy.place, inverse.place),
            invocations: units)
        try finish(runtime, sums, gradients)
    }

    private func inputGradient(
        _ runtime: VulkanRuntime, inverse: BufferView, dy: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let accumulates = slot.mode == .accumulate
        let scale = modulation?.scale
        try runtime.launchRows(
            .normBackward, constants(runtime, [dy, slot.view], accumulates),
            [
                slot.operand, .reading(x), .reading(weight),
                .reading(scale), .reading(dy), .reading(inverse), accumulates ? .reading(slot.view) : nil,
            ],
            PushWords(
                rows, width, max(1, chunks.rowsPerImage), slot.view.place, x.place, weight.place, scale?.place ?? 0,
                dy.place, inverse.place, scale?.strides[0] ?? 0),
            rows: rows)
    }

    private func finish(
        _ runtime: VulkanRuntime, _ sums: BufferView, _ gradients: NormGradients
    ) throws(DeviceError) {
        let slots = [gradients.weight, gradients.scale, gradients.shift]
        func bits(_ holds: (GradientSlot) -> Bool) -> UInt32 {
            slots.enumerated().reduce(0) { $0 | ($1.element.map(holds) == true ? 1 << UInt32($1.offset) : 0) }
        }
        let scale = modulation?.scale
        func target(_ slot: GradientSlot?) -> Operand? { slot.map { .updating($0.view) } }
        try runtime.launch(
            .normFinish, [(modulation != nil).word, bits { _ in true }, bits { $0.mode == .accumulate }],
            [
                target(gradients.weight), .reading(sums), .reading(weight), .reading(scale), target(gradients.scale),
                target(gradients.shift),
            ],
            PushWords(
                width, chunks.images, chunks.chunksPerImage, sums.place, weight.place, scale?.place ?? 0,
                scale?.strides[0] ?? 0, gradients.weight?.view.place ?? 0, gradients.scale?.view.place ?? 0,
                gradients.shift?.view.place ?? 0),
            invocations: width)
    }
}
