internal import CKernels
internal import SwiffuseTensor

extension CPURuntime {
    /// Runs over the rows (all axes but the last) of a dense view.
    func forRows(of view: BufferView, _ body: (Range<Int>) -> Void) {
        let width = view.shape.last ?? 0
        if width == 0 { return }
        pool.run(over: view.count / width, grain: max(1, Self.elementGrain / width), body)
    }
}

extension FusedKernel<GatedResidualOp> {
    /// The residual's own cotangent passes through unchanged; only the branch and the gate need work.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<GatedResidualOp> {
        FusedKernel(acceptsStrided: [2], keeps: { $0.kept(for: $1) }) { _, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let gate = try runtime.gateRows(call.inputs[2])
                let (x, y, out) = (call.inputs[0].floats, call.inputs[1].floats, call.outputs[0].floats)
                let parameters = ck_gate(gate, of: call.inputs[0])
                runtime.forRows(of: call.outputs[0]) { rows in
                    withUnsafePointer(to: parameters) {
                        ck_gate_forward($0, x, y, out, rows.lowerBound, rows.upperBound)
                    }
                }
                // The kernel has an address only: a copy must live until it is done.
                withExtendedLifetime(gate) {}
            }
        } backward: { _, call in
            guard let gate = call.inputs[2] else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let gate = try runtime.gateRows(gate)
                try runtime.gateBackward(
                    gate, y: call.inputs[1], dout: call.cotangents[0], dy: call.gradients[1], dgate: call.gradients[2])
                withExtendedLifetime(gate) {}
            }
            // Only reached through a direct call: the tape passes this cotangent on by itself.
            if let slot = call.gradients[0] { runtime.copy(call.cotangents[0], slot.view, slot.mode) }
        }
    }
}

extension ck_gate {
    /// - Parameters:
    ///   - gate: [B, D], or [D] for all images together.
    ///   - x: what it gates, […, D].
    fileprivate init(_ gate: BufferView, of x: BufferView) {
        self.init(
            width: gate.shape.last ?? 0, rows_per_image: max(1, x.count / max(1, gate.count)),
            stride: gate.shape.count == 1 ? 0 : gate.strides[0], gate: gate.floats)
    }
}

extension CPURuntime {
    /// The gate with dense rows.
    fileprivate func gateRows(_ gate: BufferView) throws(DeviceError) -> BufferView {
        if gate.strides.last == 1 || (gate.shape.last ?? 0) <= 1 { return gate }
        let dense = gate.dense(in: try scratch(gate.count))
        copy(gate, dense, .overwrite)
        return dense
    }

    fileprivate func gateBackward(
        _ gate: BufferView, y: BufferView?, dout: BufferView, dy: GradientSlot?, dgate: GradientSlot?
    ) throws(DeviceError) {
        let (parameters, width) = (ck_gate(gate, of: dout), gate.shape.last ?? 0)
        let chunks = RowChunks(
            images: gate.shape.count == 1 ? 1 : gate.shape[0], rowsPerImage: dout.count / max(1, gate.count))
        let sums = dgate == nil ? nil : try scratch(chunks.count * width)
        let (branch, cotangent, target) = (y?.floats, dout.floats, dy?.view.floats)
        pool.run(chunks.count) { task, _ in
            let rows = chunks.rows(task)
            withUnsafePointer(to: parameters) {
                ck_gate_backward(
                    $0, branch, cotangent, target, dy?.mode == .accumulate, sums.map { $0.floats + task * width },
                    rows.lowerBound, rows.upperBound)
            }
        }
        guard let sums, let dgate else { return }
        let result = dgate.view.floats
        pool.run(over: width, grain: 128) { range in
            ck_gate_finish(
                sums.floats, chunks.images, chunks.chunksPerImage, width, result, width, dgate.mode == .accumulate,
                range.lowerBound, range.upperBound)
        }
    }
}
