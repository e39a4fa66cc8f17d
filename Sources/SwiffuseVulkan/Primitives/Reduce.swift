internal import SwiffuseTensor

extension VulkanRuntime {
    func reduce(
        _ reduction: Reduction, _ x: BufferView, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        if x.count == 0 {
            try fill(reduction == .maximum ? -.infinity : 0, output, mode)
            return
        }
        var plan = ReductionPlan(x, output)
        var input = x
        if !plan.fitsKernel {
            input = try dense(x.reducedAxesLast(output))
            plan = ReductionPlan(input, output.reshapedLike(input, reducing: x, output))
        }
        guard plan.fitsKernel else { fatalError("reduce: a dense operand has too many axes") }
        try reduce(reduction, plan, input, output, mode)
    }

    /// Elements of a piece, so that no invocation loops for long and all cores have work.
    private static let pieceSize = 512

    private func reduce(
        _ reduction: Reduction, _ plan: ReductionPlan, _ x: BufferView, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        // Neighbouring groups side by side: one invocation each reads whole lines. Else lanes share a group.
        let isSpread = !(plan.kept.last?.source == 1 && plan.groupCount >= 8) && plan.groupSize >= 16
        let perPiece = isSpread ? Self.pieceSize * 2 * profile.lanes : Self.pieceSize
        let pieceCount = (plan.groupSize + perPiece - 1) / perPiece
        if pieceCount == 1 {
            try launch(
                reduction, plan, x, output, Pieces(size: plan.groupSize, count: 1, stride: 0, isSpread: isSpread), mode)
            return
        }
        let partial = try scratch([pieceCount, plan.groupCount])
        let pieces = Pieces(size: perPiece, count: pieceCount, stride: plan.groupCount, isSpread: isSpread)
        try launch(reduction, plan.storingDensely(at: partial.place), x, partial, pieces, .overwrite)
        try reduce(
            reduction == .maximum ? .maximum : .sum, plan.reducingPieces(pieceCount, at: partial.place), partial,
            output,
            mode)
    }

    private struct Pieces {
        let size: Int
        let count: Int
        /// Distance of two pieces' results.
        let stride: Int
        let isSpread: Bool
    }

    private func launch(
        _ reduction: Reduction, _ plan: ReductionPlan, _ x: BufferView, _ output: BufferView, _ pieces: Pieces,
        _ mode: WriteMode
    ) throws(DeviceError) {
        let isVectorized = plan.isVectorizable(isSpread: pieces.isSpread, pieces.size, pieces.stride)
        let accumulates = mode == .accumulate
        let constants: [UInt32] = [
            reduction.kernelNumber, pieces.isSpread.word, isVectorized.word, UInt32(plan.kept.count),
            UInt32(plan.reduced.count), accumulates.word, profile.usesSubgroups.word,
        ]
        let operands: [Operand?] = [
            accumulates ? .updating(output) : .writing(output), .reading(x), accumulates ? .reading(output) : nil,
        ]
        let words = plan.words(pieces.size, pieces.count, pieces.stride)
        if pieces.isSpread {
            try launchRows(.reduce, constants, operands, words, rows: plan.groupCount * pieces.count)
        } else {
            let count = plan.groupCount / (isVectorized ? 4 : 1) * pieces.count
            try launch(.reduce, constants, operands, words, invocations: count)
        }
    }
}

extension Reduction {
    fileprivate var kernelNumber: UInt32 {
        switch self {
        case .sum: 0
        case .maximum: 1
        case .sumOfSquares: 2
        }
    }
}

extension BufferView {
    private func reducedAxes(_ output: BufferView) -> [Int] {
        shape.indices.filter { output.shape[$0] != shape[$0] }
    }

    /// The same elements with the axes that `output` reduces moved to the end.
    fileprivate func reducedAxesLast(_ output: BufferView) -> BufferView {
        let reduced = reducedAxes(output)
        let order = shape.indices.filter { !reduced.contains($0) } + reduced
        return BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: order.map { shape[$0] },
            strides: order.map { strides[$0] })
    }

    /// This output for an input whose axes were moved by `reducedAxesLast`.
    fileprivate func reshapedLike(_ moved: BufferView, reducing x: BufferView, _ output: BufferView) -> BufferView {
        let reduced = x.reducedAxes(output)
        let order = shape.indices.filter { !reduced.contains($0) } + reduced
        return BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: order.map { shape[$0] },
            strides: order.map { strides[$0] })
    }
}
