internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<FeatureDistanceOp> {
    /// Two sweeps over the channels of some pixels, the second one in cache; keeps the pixels' norms.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<FeatureDistanceOp> {
        FusedKernel(keepsInputs: [0, 1], residuals: { _, inputs in FeatureDistanceOp.norms(inputs) }) { _, call in
            let features = Features(call.inputs[0].shape)
            runtime.perform(writing: call.outputs + call.residuals) { () throws(DeviceError) in
                try features.distance(
                    runtime, call.inputs[0].floats, call.inputs[1].floats, into: call.outputs[0].floats,
                    norms: call.residuals.first?.floats)
            }
        } backward: { _, call in
            guard let x = call.inputs[0], let y = call.inputs[1] else { return }
            let (features, cotangent) = (Features(x.shape), call.cotangents[0].floats)
            for (index, operands) in [(x, y), (y, x)].enumerated() {
                guard let slot = call.gradients[index] else { continue }
                let norms = (features.norms(call.residuals[0], index), features.norms(call.residuals[0], 1 - index))
                features.gradient(runtime, operands.0.floats, operands.1.floats, norms, cotangent, slot)
            }
        }
    }
}

/// Features [B, C, N] in blocks of pixels, which tasks work on.
private struct Features {
    private let images: Int
    private let channels: Int
    private let pixels: Int
    private let blockSize: Int
    private let blocksPerImage: Int

    init(_ shape: [Int]) {
        (images, channels, pixels) = (shape[0], shape[1], shape[2])
        // 128 KB of each operand: both stay in a core's second cache.
        blockSize = min(Int(ck_features_maximum_pixels), max(64, 32768 / max(1, channels) / 16 * 16))
        blocksPerImage = (pixels + blockSize - 1) / blockSize
    }

    private var parameters: ck_features {
        ck_features(channels: channels, pixels: pixels, epsilon: FeatureDistanceOp.epsilon)
    }

    /// The norms of the first (0) or second operand's pixels.
    func norms(_ residual: BufferView, _ index: Int) -> UnsafePointer<Float> {
        UnsafePointer(residual.floats + index * images * pixels)
    }

    private func forBlocks(_ runtime: CPURuntime, _ body: (_ image: Int, _ block: Int, _ pixels: Range<Int>) -> Void) {
        runtime.pool.run(images * blocksPerImage) { task, _ in
            let (image, block) = (task / blocksPerImage, task % blocksPerImage)
            body(image, task, block * blockSize..<min(pixels, (block + 1) * blockSize))
        }
    }

    func distance(
        _ runtime: CPURuntime, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<Float>, norms: UnsafeMutablePointer<Float>?
    ) throws(DeviceError) {
        let unkept = norms == nil ? try runtime.scratch(2 * images * pixels) : nil
        guard let norms = norms ?? unkept?.floats else { return }
        let sums = try runtime.scratch(images * blocksPerImage * channels)
        forBlocks(runtime) { image, block, range in
            let start = image * channels * pixels
            withUnsafePointer(to: parameters) {
                ck_feature_distance(
                    $0, x + start, y + start, norms + image * pixels, norms + (images + image) * pixels,
                    sums.floats + block * channels, range.lowerBound, range.upperBound)
            }
        }
        for image in 0..<images {
            for channel in 0..<channels {
                let shares = (0..<blocksPerImage).lazy.map {
                    Double(sums.floats[(image * blocksPerImage + $0) * channels + channel])
                }
                target[image * channels + channel] = Float(shares.reduce(0, +) / Double(max(1, pixels)))
            }
        }
        withExtendedLifetime(unkept) {}
    }

    func gradient(
        _ runtime: CPURuntime, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        _ norms: (x: UnsafePointer<Float>, y: UnsafePointer<Float>), _ cotangent: UnsafePointer<Float>,
        _ slot: GradientSlot
    ) {
        let (target, adds) = (slot.view.floats, slot.mode == .accumulate)
        // Of the sums, from that of the means.
        let dsums = (0..<images * channels).map { cotangent[$0] / Float(max(1, pixels)) }
        dsums.withUnsafeBufferPointer { dsums in
            guard let dsums = dsums.baseAddress else { return }
            forBlocks(runtime) { image, _, range in
                let start = image * channels * pixels
                withUnsafePointer(to: parameters) {
                    ck_feature_distance_gradient(
                        $0, x + start, y + start, norms.x + image * pixels, norms.y + image * pixels,
                        dsums + image * channels, target + start, adds, range.lowerBound, range.upperBound)
                }
            }
        }
    }
}
