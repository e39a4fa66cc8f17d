internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<AdaptiveLayerNormOp> {
    /// One sweep over the rows each way; statistics are made again in the backward pass, where a row is in cache anyway.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<AdaptiveLayerNormOp> {
        FusedKernel(keepsInputs: [0, 1, 2, 3]) { op, call in
            let rows = ShortRows(of: call.outputs[0])
            let norm = ck_adaptive_norm(op, weight: call.inputs[1], bias: call.inputs[2])
            let (x, modulation, y) = (call.inputs[0].floats, call.inputs[3].floats, call.outputs[0].floats)
            runtime.pool.run(rows.chunks.count) { task, _ in
                let range = rows.chunks.rows(task)
                withUnsafePointer(to: norm) {
                    ck_adaptive_norm_forward($0, x, modulation, y, range.lowerBound, range.upperBound)
                }
            }
        } backward: { op, call in
            guard let x = call.inputs[0], let weight = call.inputs[1], let bias = call.inputs[2],
                let modulation = call.inputs[3]
            else { return }
            let norm = ck_adaptive_norm(op, weight: weight, bias: bias)
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                try runtime.backward(
                    norm, x: x.floats, modulation: modulation.floats, dy: call.cotangents[0], into: call.gradients)
            }
        }
    }
}

extension FusedKernel<AdaptiveResidualOp> {
    /// The residual's own cotangent passes through unchanged; only the branch and the gate need work.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<AdaptiveResidualOp> {
        FusedKernel(keepsInputs: [1, 2]) { _, call in
            let rows = ShortRows(of: call.outputs[0])
            let (x, y) = (call.inputs[0].floats, call.inputs[1].floats)
            let (modulation, out) = (call.inputs[2].floats, call.outputs[0].floats)
            runtime.pool.run(rows.chunks.count) { task, _ in
                let range = rows.chunks.rows(task)
                ck_adaptive_residual_forward(x, y, modulation, out, rows.width, range.lowerBound, range.upperBound)
            }
        } backward: { _, call in
            guard let y = call.inputs[1]?.floats, let modulation = call.inputs[2]?.floats else { return }
            let rows = ShortRows(of: call.cotangents[0])
            let dout = call.cotangents[0].floats
            let (branch, condition) = (ck_adaptive_target(call.gradients[1]), ck_adaptive_target(call.gradients[2]))
            runtime.pool.run(rows.chunks.count) { task, _ in
                let range = rows.chunks.rows(task)
                withUnsafePointer(to: branch) { branch in
                    withUnsafePointer(to: condition) {
                        ck_adaptive_residual_backward(
                            y, modulation, dout, branch, $0, rows.width, range.lowerBound, range.upperBound)
                    }
                }
            }
            // Only reached through a direct call: the tape passes this cotangent on by itself.
            if let slot = call.gradients[0] { runtime.copy(call.cotangents[0], slot.view, slot.mode) }
        }
    }
}

/// Rows (all axes but the last) of a dense view in chunks of a few thousand values, cut by the shape alone.
private struct ShortRows {
    let width: Int
    let chunks: RowChunks

    init(of view: BufferView) {
        width = view.shape.last ?? 0
        let count = width == 0 ? 0 : view.count / width
        chunks = RowChunks(images: 1, rowsPerImage: count, rowsPerChunk: max(16, 8192 / max(1, width)))
    }
}

extension CPURuntime {
    /// - Parameter gradients: those of x, weight, bias and modulation.
    fileprivate func backward(
        _ norm: ck_adaptive_norm, x: UnsafePointer<Float>, modulation: UnsafePointer<Float>, dy: BufferView,
        into gradients: [GradientSlot?]
    ) throws(DeviceError) {
        let rows = ShortRows(of: dy)
        let needsSums = gradients[1] != nil || gradients[2] != nil
        let sums = needsSums ? try scratch(rows.chunks.count * 2 * rows.width) : nil
        let (dx, dmodulation) = (ck_adaptive_target(gradients[0]), ck_adaptive_target(gradients[3]))
        let cotangent = dy.floats
        pool.run(rows.chunks.count) { task, _ in
            let range = rows.chunks.rows(task)
            withUnsafePointer(to: norm) { norm in
                withUnsafePointer(to: dx) { dx in
                    withUnsafePointer(to: dmodulation) {
                        ck_adaptive_norm_backward(
                            norm, x, modulation, cotangent, dx, $0, sums.map { $0.floats + task * 2 * rows.width },
                            range.lowerBound, range.upperBound)
                    }
                }
            }
        }
        guard let sums else { return }
        for (index, slot) in [gradients[1], gradients[2]].enumerated() {
            guard let slot else { continue }
            withUnsafePointer(to: ck_adaptive_target(slot)) {
                ck_adaptive_sum(
                    sums.floats + index * rows.width, rows.chunks.count, 2 * rows.width, $0, 0, rows.width)
            }
        }
    }
}

extension ck_adaptive_norm {
    fileprivate init(_ op: AdaptiveLayerNormOp, weight: BufferView, bias: BufferView) {
        self.init(width: weight.shape[0], epsilon: op.epsilon, weight: weight.floats, bias: bias.floats)
    }
}

extension ck_adaptive_target {
    fileprivate init(_ slot: GradientSlot?) {
        self.init(values: slot?.view.floats, accumulates: slot?.mode == .accumulate)
    }
}
