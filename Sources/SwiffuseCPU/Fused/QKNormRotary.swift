internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<QKNormRotaryOp> {
    /// Head split, norm and rotation in one sweep over qkv; keeps 1/rms of queries and keys.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<QKNormRotaryOp> {
        FusedKernel(
            keepsInputs: [0, 1, 2, 3, 4],
            residuals: { op, inputs in
                let shape = inputs[0].shape
                return Array(repeating: TensorSpec([shape[0], shape[1], op.headCount]), count: 2)
            }
        ) { op, call in
            HeadsCall(op, call.inputs).forward(runtime, outputs: call.outputs, inverses: call.residuals)
        } backward: { op, call in
            HeadsCall(op, call.inputs.compactMap { $0 }).backward(runtime, call)
        }
    }
}

extension ck_heads {
    /// - Parameter inputs: those of the operation.
    init(_ op: QKNormRotaryOp, _ inputs: [BufferView]) {
        let size = inputs[1].shape[0]
        require(
            size <= Int(ck_heads_maximum_size), "qk-norm-rotary",
            "heads of at most \(ck_heads_maximum_size) elements are supported, got \(size)")
        self.init(
            tokens: inputs[0].shape[1], parts: 3, heads: op.headCount, size: size,
            weights: (UnsafePointer(inputs[1].floats), UnsafePointer(inputs[2].floats), nil),
            rotates: (true, true, false),
            cosine: inputs[3].floats, sine: inputs[4].floats, epsilon: op.epsilon)
    }
}

/// One launch of the head kernels: parts 0, 1, 2 are queries, keys and values.
private struct HeadsCall {
    private let qkv: UnsafePointer<Float>
    private let parameters: ck_heads
    private let chunks: RowChunks
    private let size: Int

    init(_ op: QKNormRotaryOp, _ inputs: [BufferView]) {
        let shape = inputs[0].shape
        parameters = ck_heads(op, inputs)
        size = parameters.size
        qkv = UnsafePointer(inputs[0].floats)
        chunks = RowChunks(images: shape[0], rowsPerImage: shape[1])
    }

    func forward(_ runtime: CPURuntime, outputs: [BufferView], inverses: [BufferView]) {
        let targets: [UnsafeMutablePointer<Float>?] = outputs.map(\.floats)
        let kept: [UnsafeMutablePointer<Float>?] = (0..<3).map { $0 < inverses.count ? inverses[$0].floats : nil }
        runtime.pool.run(chunks.count) { task, _ in
            let rows = chunks.rows(task)
            withUnsafePointer(to: parameters) {
                ck_heads_forward($0, qkv, targets, kept, rows.lowerBound, rows.upperBound)
            }
        }
    }

    func backward(_ runtime: CPURuntime, _ call: FusedKernel<QKNormRotaryOp>.Backward) {
        runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
            let sums = try runtime.scratch(chunks.count * 3 * size)
            // The kernel always writes dqkv; without a taker it goes to temporary memory.
            let unused = call.gradients[0] == nil ? try runtime.scratch(call.inputs[0]?.count ?? 0) : nil
            let target = call.gradients[0]?.view.floats ?? unused?.floats
            let gradients: [UnsafePointer<Float>?] = call.cotangents.map { UnsafePointer($0.floats) }
            let inverses: [UnsafePointer<Float>?] = call.residuals.map { UnsafePointer($0.floats) } + [nil]
            runtime.pool.run(chunks.count) { task, _ in
                let rows = chunks.rows(task)
                withUnsafePointer(to: parameters) {
                    ck_heads_backward(
                        $0, qkv, inverses, gradients, target, call.gradients[0]?.mode == .accumulate,
                        sums.floats + task * 3 * size, rows.lowerBound, rows.upperBound)
                }
            }
            withExtendedLifetime(unused) {}
            for part in 0..<2 {
                guard let slot = call.gradients[1 + part] else { continue }
                let partial = BufferView(
                    buffer: sums, dtype: .float32, offset: part * size, shape: [chunks.count, size],
                    strides: [3 * size, 1])
                let row = BufferView(
                    buffer: slot.view.buffer, dtype: .float32, offset: slot.view.offset, shape: [1, size],
                    strides: [size, 1])
                runtime.reduce(.sum, partial, row, slot.mode)
            }
        }
    }
}
