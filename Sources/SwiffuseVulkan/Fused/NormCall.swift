internal import SwiffuseTensor

/// What normalised rows are multiplied by and moved by; nil for none.
struct NormFactors {
    /// [D].
    var weight: BufferView?
    /// A row for each image, [B, D], or [D] where there is one image only.
    var shift: BufferView?
    /// A row for each image, [B, D].
    var scale: BufferView?

    fileprivate var all: [BufferView] { [weight, shift, scale].compactMap { $0 } }

    /// The kernels' names for the factors that are there.
    fileprivate var word: UInt32 { (weight != nil).word | (scale != nil).word << 1 | (shift != nil).word << 2 }

    /// Elements from one image's row to the next one's.
    fileprivate static func stride(_ view: BufferView?) -> Int {
        view.map { $0.shape.count > 1 ? $0.strides[0] : 0 } ?? 0
    }
}

/// One launch of the norm kernels.
struct NormCall {
    private let x: BufferView
    private let factors: NormFactors
    private let centres: Bool
    private let width: Int
    private let rows: Int
    private let chunks: RowChunks

    /// - Parameter centres: whether the rows' means are subtracted (layer norm) or not (RMS norm).
    init(x: BufferView, _ factors: NormFactors, images: Int = 1, centres: Bool = false) {
        self.x = x
        self.factors = factors
        self.centres = centres
        width = x.shape.last ?? 0
        rows = width == 0 ? 0 : x.count / width
        chunks = RowChunks(images: images, rowsPerImage: images == 0 ? 0 : rows / images)
    }

    private func isVectorized(_ views: [BufferView]) -> Bool {
        [factors.shift, factors.scale].allSatisfy { NormFactors.stride($0) % 4 == 0 }
            && (views + [x] + factors.all).allSatisfy { $0.hasVectorRows(width) }
    }

    private func constants(_ runtime: VulkanRuntime, _ views: [BufferView], _ last: Bool) -> [UInt32] {
        [isVectorized(views).word, runtime.profile.usesSubgroups.word, factors.word, centres.word, last.word]
    }

    func forward(
        _ runtime: VulkanRuntime, y: BufferView, kept: BufferView?, epsilon: Float
    ) throws(DeviceError) {
        let (weight, shift, scale) = (factors.weight, factors.shift, factors.scale)
        try runtime.launchRows(
            .normForward, constants(runtime, [y], kept != nil),
            [
                .writing(y), .reading(x), .reading(weight), .reading(scale), .reading(shift),
                kept.map { .writing($0) },
            ],
            PushWords(
                rows, width, max(1, chunks.rowsPerImage), epsilon, y.place, x.place, weight?.place ?? 0,
                scale?.place ?? 0, shift?.place ?? 0, kept?.place ?? 0, NormFactors.stride(scale),
                NormFactors.stride(shift)),
            rows: rows)
    }

    func backward(
        _ runtime: VulkanRuntime, kept: BufferView, dy: BufferView, _ gradients: NormGradients
    ) throws(DeviceError) {
        if let slot = gradients.x { try inputGradient(runtime, kept: kept, dy: dy, slot) }
        guard gradients.needsSums else { return }
        let sums = try runtime.scratch([chunks.count, 2, width])
        let isVectorized = isVectorized([dy, sums])
        let units = chunks.count * ((width + 3) / 4)
        try runtime.launch(
            .columnSums, [isVectorized.word, 1, 1, centres.word],
            [.writing(sums), .reading(x), .reading(dy), .reading(kept)],
            PushWords(
                units, width, chunks.rowsPerImage, chunks.rowsPerChunk, chunks.chunksPerImage, sums.place, x.place,
                dy.place, kept.place),
            invocations: units)
        try finish(runtime, sums, gradients)
    }

    private func inputGradient(
        _ runtime: VulkanRuntime, kept: BufferView, dy: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let accumulates = slot.mode == .accumulate
        let (weight, scale) = (factors.weight, factors.scale)
        try runtime.launchRows(
            .normBackward, constants(runtime, [dy, slot.view], accumulates),
            [
                slot.operand, .reading(x), .reading(weight),
                .reading(scale), .reading(dy), .reading(kept), accumulates ? .reading(slot.view) : nil,
            ],
            PushWords(
                rows, width, max(1, chunks.rowsPerImage), slot.view.place, x.place, weight?.place ?? 0,
                scale?.place ?? 0, dy.place, kept.place, NormFactors.stride(scale)),
            rows: rows)
    }

    private func finish(
        _ runtime: VulkanRuntime, _ sums: BufferView, _ gradients: NormGradients
    ) throws(DeviceError) {
        let slots = [gradients.weight, gradients.scale, gradients.shift]
        func bits(_ holds: (GradientSlot) -> Bool) -> UInt32 {
            slots.enumerated().reduce(0) { $0 | ($1.element.map(holds) == true ? 1 << UInt32($1.offset) : 0) }
        }
        let (weight, scale) = (factors.weight, factors.scale)
        func target(_ slot: GradientSlot?) -> Operand? { slot.map { .updating($0.view) } }
        try runtime.launch(
            .normFinish,
            [(scale != nil).word, bits { _ in true }, bits { $0.mode == .accumulate }, (weight != nil).word],
            [
                target(gradients.weight), .reading(sums), .reading(weight), .reading(scale), target(gradients.scale),
                target(gradients.shift),
            ],
            PushWords(
                width, chunks.images, chunks.chunksPerImage, sums.place, weight?.place ?? 0, scale?.place ?? 0,
                NormFactors.stride(scale), gradients.weight?.view.place ?? 0, gradients.scale?.view.place ?? 0,
                gradients.shift?.view.place ?? 0),
            invocations: width)
    }
}
