internal import CKernels
internal import SwiffuseTensor

/// What normalised rows are multiplied by and moved by; nil for none.
struct NormFactors {
    /// [D].
    var weight: BufferView?
    /// A row for each image.
    var shift: BufferView?
    /// A row for each image.
    var scale: BufferView?
    /// Elements from one image's shift and scale to the next one's.
    var stride = 0
}

extension CPURuntime {
    /// Scale and shift as they are if their rows are dense and equally far apart, else as dense copies.
    ///
    /// - Parameter shift: nil for gradients, which do not read it.
    func factors(
        _ weight: BufferView?, scale: BufferView, shift: BufferView? = nil
    ) throws(DeviceError) -> NormFactors {
        let given = [scale] + (shift.map { [$0] } ?? [])
        let fits = given.allSatisfy { $0.strides[1] == 1 || $0.shape[1] <= 1 }
        if fits && given.allSatisfy({ $0.strides[0] == scale.strides[0] }) {
            return NormFactors(weight: weight, shift: shift, scale: scale, stride: scale.strides[0])
        }
        let (scale, shift) = (try denseCopy(scale), try shift.map { view throws(DeviceError) in try denseCopy(view) })
        return NormFactors(weight: weight, shift: shift, scale: scale, stride: scale.strides[0])
    }

    private func denseCopy(_ view: BufferView) throws(DeviceError) -> BufferView {
        let dense = view.dense(in: try scratch(view.count))
        copy(view, dense, .overwrite)
        return dense
    }
}

/// One launch of the norm kernels.
struct NormCall {
    private let x: UnsafePointer<Float>
    private let chunks: RowChunks
    private let width: Int
    private let parameters: ck_norm

    /// - Parameter centres: whether the rows' means are subtracted (layer norm) or not (RMS norm).
    init(x: BufferView, _ factors: NormFactors, images: Int = 1, epsilon: Float, centres: Bool = false) {
        width = x.shape.last ?? 0
        self.x = UnsafePointer(x.floats)
        let rows = width == 0 ? 0 : x.count / width
        chunks = RowChunks(
            images: images, rowsPerImage: images == 0 ? 0 : rows / images, rowsPerChunk: max(32, 8192 / max(1, width)))
        parameters = ck_norm(
            width: width, rows_per_image: max(1, chunks.rowsPerImage), modulation_stride: factors.stride,
            weight: factors.weight.map { UnsafePointer($0.floats) },
            scale: factors.scale.map { UnsafePointer($0.floats) },
            shift: factors.shift.map { UnsafePointer($0.floats) }, epsilon: epsilon, centres: centres)
    }

    func forward(_ runtime: CPURuntime, y: BufferView, kept: BufferView?) {
        let (target, statistics) = (y.floats, kept?.floats)
        runtime.pool.run(chunks.count) { task, _ in
            let rows = chunks.rows(task)
            withUnsafePointer(to: parameters) {
                ck_norm_forward($0, x, target, statistics, rows.lowerBound, rows.upperBound)
            }
        }
    }

    func backward(_ runtime: CPURuntime, kept: BufferView, dy: BufferView, _ gradients: NormGradients) {
        let outputs = [gradients.x, gradients.weight, gradients.shift, gradients.scale].compactMap { $0?.view }
        runtime.perform(writing: outputs) { () throws(DeviceError) in
            let sums = gradients.needsSums ? try runtime.scratch(chunks.count * 2 * width) : nil
            let (statistics, cotangent, target) = (kept.floats, dy.floats, gradients.x?.view.floats)
            runtime.pool.run(chunks.count) { task, _ in
                let rows = chunks.rows(task)
                withUnsafePointer(to: parameters) {
                    ck_norm_backward(
                        $0, x, statistics, cotangent, target, gradients.x?.mode == .accumulate,
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
