import Swiffuse

/// Measures the fused operations at the shapes of a model, forward and with gradients.
struct BenchOps {
    let clock: BenchClock

    func run() throws -> [BenchResult] {
        let (width, tokens, heads) = clock.size.shapes
        let (batch, size) = (clock.batch, width / heads)
        let hidden = 4 * width * 2 / 3
        let rows: Shape = [batch, tokens, width]
        return try measure(LinearOp(hasBias: true), "qkv", [rows, [3 * width, width], [3 * width]])
            + measure(LinearOp(hasBias: true), "feed-forward", [rows, [2 * hidden, width], [2 * hidden]])
            + measure(
                AttentionOp(scale: 1 / Float(size).squareRoot()), "",
                Array(repeating: [batch, heads, tokens, size], count: 3))
            + measure(
                AttentionOp(scale: 1 / Float(size).squareRoot(), isMasked: true), "masked",
                Array(repeating: [batch, heads, tokens, size], count: 3) + [[batch, 1, 1, tokens]], differentiable: 3)
            + measure(
                SelfAttentionOp(headCount: heads, scale: 1 / Float(size).squareRoot()), "",
                [[batch, tokens, 3 * width]])
            + measure(
                QKNormRotaryOp(headCount: heads), "",
                [[batch, tokens, 3 * width], [size], [size], [tokens, size], [tokens, size]], differentiable: 3)
            + measure(
                RotarySelfAttentionOp(
                    heads: QKNormRotaryOp(headCount: heads), scale: 1 / Float(size).squareRoot()), "",
                [[batch, tokens, 3 * width], [size], [size], [tokens, size], [tokens, size]], differentiable: 3)
            + measure(RMSNormOp(), "", [rows, [width]])
            + measure(LayerNormOp(hasFactors: true), "", [rows, [width], [width]])
            + measure(ModulatedRMSNormOp(), "", [rows, [width], [batch, width], [batch, width]])
            + measure(ModulatedLayerNormOp(), "", [rows, [batch, width], [batch, width]])
            + measure(SiLUOp(), "", [rows])
            + measure(GELUOp(), "", [rows.replacing(-1, with: 4 * width)])
            + measure(SwiGLUOp(), "", [[batch, tokens, 2 * hidden]])
            + measure(SwiGLULinearOp(hasBias: true), "", [[batch, tokens, 2 * hidden], [width, hidden], [width]])
            + measure(GatedResidualOp(), "", [rows, rows, [batch, width]])
            + patches(batch: batch, tokens: tokens, width: width)
            + adaptive(batch: batch, tokens: tokens)
            + convolutions(batch: batch)
            + optimizer(width: width)
    }

    /// The first and the last layer, for a square grid of patches of 16 pixels.
    private func patches(batch: Int, tokens: Int, width: Int) throws -> [BenchResult] {
        let (layout, side) = (PatchLayout(size: 16), Int(Double(tokens).squareRoot()))
        let values = 3 * layout.size * layout.size
        let image: Shape = [batch, 3, side * layout.size, side * layout.size]
        return try measure(PatchifyLinearOp(layout, hasBias: true), "", [image, [width, values], [width]])
            + measure(
                LinearUnpatchifyOp(layout, rows: side, columns: side, hasBias: true), "",
                [[batch, side * side, width], [values, width], [values]])
    }

    /// The operations of a decoder of single pixels: many short rows.
    private func adaptive(batch: Int, tokens: Int) throws -> [BenchResult] {
        let (pixels, width) = (64, 32)
        let rows: Shape = [batch * tokens, pixels, width]
        let modulation: Shape = [batch * tokens, pixels, 3 * width]
        return try measure(AdaptiveLayerNormOp(), "", [rows, [width], [width], modulation])
            + measure(AdaptiveResidualOp(), "", [rows, rows, modulation])
    }

    /// Convolutions and distances as in VGG's first stages: frozen ones give only the images a gradient.
    private func convolutions(batch: Int) throws -> [BenchResult] {
        let same = PatchGeometry(kernel: (3, 3), stride: (1, 1), padding: (1, 1))
        let convolution = ConvolutionOp(same, hasBias: true, activation: .relu)
        let (images, weight, bias): (Shape, Shape, Shape) = ([batch, 64, 64, 64], [64, 64, 3, 3], [64])
        return try measure(convolution, "frozen", [images, weight, bias], differentiable: 1)
            + measure(convolution, "", [images, weight, bias])
            + measure(ConvolutionOp(same, hasBias: true), "3 channels", [[batch, 3, 128, 128], [64, 3, 3, 3], bias])
            + measure(HalvedMaximumOp(), "", [images])
            + measure(FeatureDistanceOp(), "", [[batch, 64, 4096], [batch, 64, 4096]], differentiable: 1)
            + measure(CosineOp(), "", [[batch, 256, 768], [batch, 256, 768]], differentiable: 1)
            + measure(MeanSquaredErrorOp(), "", [[batch, 3, 256, 256], [batch, 3, 256, 256]], differentiable: 1)
    }

    /// - Parameter differentiable: how many of the first inputs have gradients; nil for all.
    private func measure<Op: FusedOp>(
        _ op: Op, _ detail: String, _ shapes: [Shape], differentiable: Int? = nil
    ) throws -> [BenchResult] {
        let inputs = shapes.enumerated().map { Self.random($1, stream: $0, on: clock.device) }
        let operations = Double(op.floatingPointOperations(for: inputs.map(\.spec)))
        let name = Op.name.name + (detail.isEmpty ? "" : " (\(detail))")
        func outputs(_ apply: ([Tensor]) -> [Tensor]) throws -> [Tensor] {
            let outputs = apply(inputs)
            for output in outputs { if let failure = output.failure { throw failure } }
            return outputs
        }
        /// Of the sum of all outputs; weighted, misplaced values change it.
        func gradients(_ apply: ([Tensor]) -> [Tensor], isWeighted: Bool = false) throws -> [Tensor] {
            let tape = Tape()
            let watched = inputs.prefix(differentiable ?? inputs.count).map { tape.watch($0) }
            let outputs = apply(watched + inputs.dropFirst(watched.count)).enumerated().map { index, output in
                isWeighted ? output * Self.random(output.shape, stream: 100 + index, on: clock.device) : output
            }
            let loss = outputs.dropFirst().reduce(outputs[0].sum()) { $0 + $1.sum() }
            let gradients = tape.gradients(of: loss, withRespectTo: watched).compactMap { $0 }
            for gradient in gradients { if let failure = gradient.failure { throw failure } }
            return gradients
        }
        var forward = try clock.measure("ops", name, amount: operations, unit: "FLOP/s") {
            _ = try outputs { op($0) }
        }
        // A gradient costs about twice the forward pass, which runs too.
        var both = try clock.measure("ops", name + " + gradient", amount: 3 * operations, unit: "FLOP/s") {
            _ = try gradients { op($0) }
        }
        for index in forward.indices {
            forward[index].error = try Self.error(of: outputs { op($0) }, against: outputs(op.reference))
        }
        for index in both.indices {
            both[index].error = try Self.error(
                of: gradients({ op($0) }, isWeighted: true), against: gradients(op.reference, isWeighted: true))
        }
        return forward + both
    }

    /// The largest difference of some tensors to others, as a share of each other's largest value.
    private static func error(of tensors: [Tensor], against expected: [Tensor]) throws -> Double {
        try zip(tensors, expected).map { found, expected in
            let (values, references) = (try found.scalars(), try expected.scalars())
            let largest = references.reduce(0) { max($0, abs($1)) }
            return zip(values, references).reduce(0.0) { Self.larger($0, Double(abs($1.0 - $1.1))) }
                / Double(max(largest, .leastNormalMagnitude))
        }.reduce(0, Self.larger)
    }

    /// NaN if one is.
    private static func larger(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : max(a, b) }

    private func optimizer(width: Int) throws -> [BenchResult] {
        let shape: Shape = [4 * width, width]
        let op = AdamWOp(
            learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1, decays: [0.9999])
        var values = (0..<4).map { Self.random(shape, stream: $0, on: clock.device).squared() }
        let gradient = Self.random(shape, stream: 9, on: clock.device)
        let factor = Tensor.ones([1], on: clock.device)
        let operations = Double(op.floatingPointOperations(for: [gradient.spec]))
        return try clock.measure("ops", AdamWOp.name.name, amount: operations, unit: "FLOP/s") {
            op.update(&values, reading: [gradient, factor])
            if let failure = values[0].failure { throw failure }
        }
    }

    private static func random(_ shape: Shape, stream: Int, on device: any Device) -> Tensor {
        Tensor.random(.normal, shape, from: Philox(seed: 3, stream: UInt64(stream)), on: device)
    }
}
