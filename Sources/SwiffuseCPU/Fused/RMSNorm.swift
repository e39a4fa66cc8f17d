internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<RMSNormOp> {
    /// Keeps 1/rms of each row.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<RMSNormOp> {
        FusedKernel(keepsInputs: [0, 1], residuals: { _, inputs in [NormCall.residual(of: inputs[0])] }) { op, call in
            NormCall(x: call.inputs[0], weight: call.inputs[1], images: 1, epsilon: op.epsilon)
                .forward(runtime, y: call.outputs[0], inverse: call.residuals.first)
        } backward: { op, call in
            guard let x = call.inputs[0], let weight = call.inputs[1] else { return }
            NormCall(x: x, weight: weight, images: 1, epsilon: op.epsilon).backward(
                runtime, inverse: call.residuals[0], dy: call.cotangents[0],
                NormGradients(x: call.gradients[0], weight: call.gradients[1], shift: nil, scale: nil))
        }
    }
}

extension FusedKernel<ModulatedRMSNormOp> {
    /// Norm, weight, scale and shift in one sweep; shift and scale may be slices of a wider projection.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<ModulatedRMSNormOp> {
        FusedKernel(
            acceptsStrided: [2, 3], keepsInputs: [0, 1, 2, 3],
            residuals: { _, inputs in [NormCall.residual(of: inputs[0])] }
        ) { op, call in
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let modulation = try runtime.modulation(shift: call.inputs[2], scale: call.inputs[3])
                NormCall(
                    x: call.inputs[0], weight: call.inputs[1], images: call.inputs[0].shape[0], epsilon: op.epsilon,
                    modulation: modulation
                ).forward(runtime, y: call.outputs[0], inverse: call.residuals.first)
            }
        } backward: { op, call in
            guard let x = call.inputs[0], let weight = call.inputs[1], let shift = call.inputs[2],
                let scale = call.inputs[3]
            else { return }
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let modulation = try runtime.modulation(shift: shift, scale: scale)
                NormCall(x: x, weight: weight, images: x.shape[0], epsilon: op.epsilon, modulation: modulation)
                    .backward(
                        runtime, inverse: call.residuals[0], dy: call.cotangents[0],
                        NormGradients(
                            x: call.gradients[0], weight: call.gradients[1], shift: call.gradients[2],
                            scale: call.gradients[3]))
            }
        }
    }
}

/// Shift and scale rows with one row stride.
private struct Modulation {
    let shift: BufferView
    let scale: BufferView
    var stride: Int { shift.strides[0] }
}

extension CPURuntime {
    /// Both as they are if their rows are dense and equally far apart, else dense copies.
    fileprivate func modulation(shift: BufferView, scale: BufferView) throws(DeviceError) -> Modulation {
        let width = shift.shape[1]
        let fits =
            (shift.strides[1] == 1 && scale.strides[1] == 1 || width <= 1) && shift.strides[0] == scale.strides[0]
        if fits { return Modulation(shift: shift, scale: scale) }
        let dense = (
            shift.dense(in: try scratch(shift.count)), scale.dense(in: try scratch(scale.count))
        )
        copy(shift, dense.0, .overwrite)
        copy(scale, dense.1, .overwrite)
        return Modulation(shift: dense.0, scale: dense.1)
    }
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
    private let x: UnsafePointer<Float>
    private let chunks: RowChunks
    private let width: Int
    private let parameters: ck_norm

    init(x: BufferView, weight: BufferView, images: Int, epsilon: Float, modulation: Modulation? = nil) {
        width = weight.shape[0]
        self.x = UnsafePointer(x.floats)
        let rows = width == 0 ? 0 : x.count / width
        chunks = RowChunks(images: images, rowsPerImage: images == 0 ? 0 : rows / images)
        parameters = ck_norm(
            width: width, rows_per_image: max(1, chunks.rowsPerImage), modulation_stride: modulation?.stride ?? 0,
            weight: weight.floats, scale: modulation.map { UnsafePointer($0.scale.floats) },
            shift: modulation.map { UnsafePointer($0.shift.floats) }, epsilon: epsilon)
    }

    static func residual(of x: TensorSpec) -> TensorSpec {
        TensorSpec([x.shape.last == 0 ? 0 : x.shape.count / x.shape.last])
    }

    func forward(_ runtime: CPURuntime, y: BufferView, inverse: BufferView?) {
        let (target, kept) = (y.floats, inverse?.floats)
        runtime.pool.run(chunks.count) { task, _ in
            let rows = chunks.rows(task)
            withUnsafePointer(to: parameters) {
                ck_norm_forward($0, x, target, kept, rows.lowerBound, rows.upperBound)
            }
        }
    }

    func backward(_ runtime: CPURuntime, inverse: BufferView, dy: BufferView, _ gradients: NormGradients) {
        let outputs = [gradients.x, gradients.weight, gradients.shift, gradients.scale].compactMap { $0?.view }
        runtime.perform(writing: outputs) { () throws(DeviceError) in
            let sums = gradients.needsSums ? try runtime.scratch(chunks.count * 2 * width) : nil
            let (kept, cotangent, target) = (inverse.floats, dy.floats, gradients.x?.view.floats)
            runtime.pool.run(chunks.count) { task, _ in
                let rows = chunks.rows(task)
                withUnsafePointer(to: parameters) {
                    ck_norm_backward(
                        $0, x, kept, cotangent, target, gradients.x?.mode == .accumulate,
                        sums.map { $0.floats + task * 2 * width }, rows.lowerBound, rows.upperBound)
                }
            }
            if let sums { finish(runtime, sums.floats, gradients) }
        }
    }

    private func finish(_ runtime: CPURuntime, _ sums: UnsafePointer<Float>, _ gradients: NormGradients) {
        let targets = ck_norm_gradients(
            weight: ck_norm_target(gradients.weight), scale: ck_norm_target(gradients.scale),
            shift: ck_norm_target(gradients.shift))
        runtime.pool.run(over: width, grain: 128) { range in
            withUnsafePointer(to: parameters) { norm in
                withUnsafePointer(to: targets) {
                    ck_norm_finish(
                        norm, sums, chunks.images, chunks.chunksPerImage, $0, range.lowerBound, range.upperBound)
                }
            }
        }
    }
}

extension ck_norm_target {
    fileprivate init(_ slot: GradientSlot?) {
        self.init(values: slot?.view.floats, accumulates: slot?.mode == .accumulate)
    }
}
