internal import SwiffuseTensor

extension OpCase {
    /// Every fused operation, at odd sizes, with slices and broadcasts where they occur in models.
    static var fused: [OpCase] {
        linear + patches + convolutions + norms + attention + gates + adaptive + distances + optimizer
    }

    private static var linear: [OpCase] {
        [
            OpCase("linear", [.normal([3, 7, 19]), .normal([23, 19]), .normal([23])], tolerance: 2) {
                LinearOp(hasBias: true)($0)
            },
            OpCase("linear, no bias", [.normal([21, 19]), .normal([5, 19])], tolerance: 2) {
                LinearOp(hasBias: false)($0)
            },
            OpCase("linear, few rows", [.normal([3, 67]), .normal([45, 67]), .normal([45])], tolerance: 2) {
                LinearOp(hasBias: true)($0)
            },
            OpCase("linear, strided input", [.normal([19, 21]), .normal([33, 19]), .normal([33])], tolerance: 2) {
                LinearOp(hasBias: true)([$0[0].transposed(), $0[1], $0[2]])
            },
            OpCase("linear, weight in columns", [.normal([3, 7, 19]), .normal([19, 23]), .normal([23])], tolerance: 2) {
                LinearOp(hasBias: true)([$0[0], $0[1].transposed(), $0[2]])
            },
            OpCase("linear, weight in parts of columns", [.normal([40, 35]), .normal([35, 71])], tolerance: 4) {
                LinearOp(hasBias: false)([$0[0], $0[1].sliced(along: 1, 5..<67).transposed()])
            },
            OpCase(
                "linear, few rows, weight in columns", [.normal([3, 67]), .normal([67, 45]), .normal([45])],
                tolerance: 2
            ) {
                LinearOp(hasBias: true)([$0[0], $0[1].transposed(), $0[2]])
            },
            OpCase("linear, few rows, weight in parts of rows", [.normal([2, 19]), .normal([21, 40])], tolerance: 2) {
                LinearOp(hasBias: false)([$0[0], $0[1].sliced(along: 1, 3..<22)])
            },
            OpCase("linear, one weight for all", [.normal([13, 9]), .normal([1, 1])], tolerance: 2) {
                LinearOp(hasBias: false)([$0[0], $0[1].broadcast(to: [5, 9])])
            },
            OpCase("linear, float16 weight", [.normal([3, 7, 19]), .constant([23, 19]), .normal([23])], tolerance: 2) {
                LinearOp(hasBias: true)([$0[0], $0[1].cast(to: .float16).cast(to: .float32), $0[2]])
            },
            OpCase("linear, large", [.normal([65, 96]), .normal([130, 96]), .normal([130])], tolerance: 5) {
                LinearOp(hasBias: true)($0)
            },
            OpCase("linear, strips", [.normal([97, 195]), .normal([305, 195]), .normal([305])], tolerance: 10) {
                LinearOp(hasBias: true)($0)
            },
        ]
    }

    private static var norms: [OpCase] {
        [
            OpCase("rms-norm", [.normal([5, 7, 33]), .normal([33])]) { RMSNormOp()($0) },
            OpCase("rms-norm, wide", [.normal([2, 2103]), .normal([2103])], tolerance: 2) { RMSNormOp()($0) },
            OpCase("layer-norm", [.normal([5, 7, 33]), .normal([33]), .normal([33])]) {
                LayerNormOp(hasFactors: true)($0)
            },
            OpCase("layer-norm, no factors", [.normal([3, 37, 20])]) { LayerNormOp(hasFactors: false)($0) },
            OpCase("layer-norm, wide", [.normal([2, 2103]), .normal([2103]), .normal([2103])]) {
                LayerNormOp(hasFactors: true)($0)
            },
            OpCase("layer-norm, frozen factors", [.normal([29, 21]), .constant([21]), .constant([21])]) {
                LayerNormOp(hasFactors: true)([$0[0] * 3 + 5, $0[1], $0[2]])
            },
            OpCase(
                "modulated-rms-norm", [.normal([3, 37, 33]), .normal([33]), .normal([3, 33]), .normal([3, 33])],
                tolerance: 2
            ) { ModulatedRMSNormOp()($0) },
            OpCase(
                "modulated-rms-norm, slices", [.normal([3, 37, 16]), .normal([16]), .normal([3, 48])], tolerance: 2
            ) {
                let parts = $0[2].chunked(into: 3, along: -1)
                return ModulatedRMSNormOp()([$0[0], $0[1], parts[0], parts[2]])
            },
            OpCase(
                "modulated-layer-norm", [.normal([3, 37, 33]), .normal([3, 33]), .normal([3, 33])], tolerance: 2
            ) { ModulatedLayerNormOp()([$0[0] * 2 + 3, $0[1], $0[2]]) },
            OpCase("modulated-layer-norm, slices", [.normal([3, 37, 16]), .normal([3, 48])], tolerance: 2) {
                let parts = $0[1].chunked(into: 3, along: -1)
                return ModulatedLayerNormOp()([$0[0], parts[0], parts[2]])
            },
        ]
    }

    private static var attention: [OpCase] {
        [
            OpCase(
                "qk-norm-rotary",
                [
                    .normal([2, 35, 3 * 3 * 10]), .normal([10]), .normal([10]), .constant([35, 10]),
                    .constant([35, 10]),
                ],
                tolerance: 2
            ) { QKNormRotaryOp(headCount: 3)($0) },
            OpCase(
                "qk-norm-rotary, wide heads",
                [.normal([2, 5, 3 * 2 * 36]), .normal([36]), .normal([36]), .constant([5, 36]), .constant([5, 36])],
                tolerance: 2
            ) { QKNormRotaryOp(headCount: 2)($0) },
            OpCase(
                "rotary-self-attention",
                [
                    .normal([2, 35, 3 * 3 * 10]), .normal([10]), .normal([10]), .constant([35, 10]),
                    .constant([35, 10]),
                ],
                tolerance: 2
            ) { RotarySelfAttentionOp(heads: QKNormRotaryOp(headCount: 3), scale: 0.3)($0) },
            OpCase(
                "rotary-self-attention, heads of whole vectors",
                [
                    .normal([2, 69, 3 * 2 * 64]), .normal([64]), .normal([64]), .constant([69, 64]),
                    .constant([69, 64]),
                ],
                tolerance: 3
            ) { RotarySelfAttentionOp(heads: QKNormRotaryOp(headCount: 2), scale: 0.125)($0) },
            OpCase(
                "rotary-self-attention, many blocks",
                [
                    .normal([1, 521, 3 * 16]), .normal([16]), .normal([16]), .constant([521, 16]),
                    .constant([521, 16]),
                ],
                tolerance: 3
            ) { RotarySelfAttentionOp(heads: QKNormRotaryOp(headCount: 1), scale: 0.25)($0) },
            OpCase(
                "attention", [.normal([2, 3, 13, 8]), .normal([2, 3, 13, 8]), .normal([2, 3, 13, 8])], tolerance: 2
            ) {
                AttentionOp(scale: 0.35)($0)
            },
            OpCase(
                "attention, cross", [.normal([1, 2, 9, 6]), .normal([1, 2, 21, 6]), .normal([1, 2, 21, 6])],
                tolerance: 2
            ) {
                AttentionOp(scale: 0.4)($0)
            },
            OpCase(
                "attention, strided", [.normal([2, 11, 3, 8]), .normal([2, 3, 11, 8]), .normal([2, 3, 8, 11])],
                tolerance: 2
            ) {
                AttentionOp(scale: 0.4)([$0[0].permuted(to: [0, 2, 1, 3]), $0[1], $0[2].transposed()])
            },
            OpCase(
                "attention, masked",
                [.normal([2, 3, 13, 8]), .normal([2, 3, 11, 8]), .normal([2, 3, 11, 8]), .constant([2, 1, 13, 11])],
                tolerance: 2
            ) { AttentionOp(scale: 0.35, isMasked: true)($0) },
            // Some keys of the first image, all of the second one's.
            OpCase(
                "attention, hidden keys",
                [.normal([2, 3, 7, 6]), .normal([2, 3, 9, 6]), .normal([2, 3, 9, 6]), .constant([2, 1, 1, 9])],
                tolerance: 2
            ) {
                let last = Tensor([0, -1e6], shape: [2, 1, 1, 1], on: $0[3].device)
                let isHidden = ($0[3] + last).isLess(than: Tensor.filled(0.2, shape: [], on: last.device))
                let hidden = Tensor.filled(-.infinity, shape: [], on: last.device)
                let visible = Tensor.zeros([], on: last.device)
                let mask = isHidden.select(hidden, else: visible)
                return AttentionOp(scale: 0.4, isMasked: true)([$0[0], $0[1], $0[2], mask])
            },
            // A bias that leaves nothing of the scores, on all keys of some queries.
            OpCase(
                "attention, large biases",
                [.constant([1, 2, 5, 6]), .constant([1, 2, 9, 6]), .normal([1, 2, 9, 6]), .constant([1, 1, 5, 1])],
                tolerance: 2
            ) {
                let mask = ($0[3].isLess(than: Tensor.zeros([], on: $0[3].device)) * -1e9).broadcast(to: [1, 1, 5, 9])
                return AttentionOp(scale: 0.4, isMasked: true)([$0[0], $0[1], $0[2], mask])
            },
            // Copies of the operands are larger than any scratch memory.
            OpCase(
                "attention, strided, large",
                [.normal([1, 150, 2, 64]), .normal([1, 150, 2, 64]), .normal([1, 2, 64, 150])], tolerance: 3
            ) {
                let heads = $0.prefix(2).map { $0.permuted(to: [0, 2, 1, 3]) }
                return AttentionOp(scale: 0.12)([heads[0], heads[1], $0[2].transposed()])
            },
            OpCase(
                "attention, masked, many blocks",
                [
                    .normal([1, 2, 300, 4]), .normal([1, 2, 700, 4]), .normal([1, 2, 700, 4]),
                    .constant([1, 2, 300, 700]),
                ], tolerance: 3
            ) { AttentionOp(scale: 0.5, isMasked: true)($0) },
            OpCase("self-attention", [.normal([3, 13, 3 * 2 * 7])]) {
                SelfAttentionOp(headCount: 2, scale: 0.4)($0)
            },
            OpCase("self-attention, whole vectors", [.normal([2, 37, 3 * 3 * 8])]) {
                SelfAttentionOp(headCount: 3, scale: 0.35)($0)
            },
            OpCase(
                "attention, heads of whole vectors",
                [.normal([1, 2, 29, 80]), .normal([1, 2, 43, 80]), .normal([1, 2, 43, 80])], tolerance: 3
            ) { AttentionOp(scale: 0.1)($0) },
            OpCase(
                "attention, masked, heads of whole vectors",
                [.normal([2, 1, 25, 32]), .normal([2, 1, 37, 32]), .normal([2, 1, 37, 32]), .constant([1, 1, 25, 37])],
                tolerance: 2
            ) { AttentionOp(scale: 0.2, isMasked: true)($0) },
            OpCase("self-attention, heads of whole vectors", [.normal([2, 41, 3 * 2 * 48])], tolerance: 2) {
                SelfAttentionOp(headCount: 2, scale: 0.15)($0)
            },
            OpCase("self-attention, heads of one vector", [.normal([1, 515, 3 * 16])], tolerance: 2) {
                SelfAttentionOp(headCount: 1, scale: 0.25)($0)
            },
            OpCase("self-attention, many blocks", [.normal([1, 370, 3 * 4])]) {
                SelfAttentionOp(headCount: 1, scale: 0.5)($0)
            },
            OpCase(
                "attention, many blocks",
                [.normal([1, 1, 300, 4]), .normal([1, 1, 700, 4]), .normal([1, 1, 700, 4])],
                tolerance: 3
            ) { AttentionOp(scale: 0.5)($0) },
        ]
    }

    private static var gates: [OpCase] {
        [
            OpCase("gelu", [.normal([3, 5, 47])]) { GELUOp()($0) },
            OpCase("gelu, strided", [.uniform([33, 14], -6...6)]) { GELUOp()([$0[0].transposed()]) },
            OpCase("swiglu", [.normal([3, 5, 46])]) { SwiGLUOp()($0) },
            OpCase("swiglu-linear", [.normal([3, 7, 38]), .normal([23, 19]), .normal([23])], tolerance: 2) {
                SwiGLULinearOp(hasBias: true)($0)
            },
            OpCase("swiglu-linear, few rows", [.normal([3, 46]), .normal([9, 23])], tolerance: 2) {
                SwiGLULinearOp(hasBias: false)($0)
            },
            OpCase("swiglu-linear, strips", [.normal([99, 1042]), .normal([195, 521]), .normal([195])], tolerance: 10) {
                SwiGLULinearOp(hasBias: true)($0)
            },
            OpCase(
                "swiglu-linear, strips, weight in columns",
                [.normal([98, 610]), .normal([305, 199]), .normal([199])], tolerance: 10
            ) {
                SwiGLULinearOp(hasBias: true)([$0[0], $0[1].transposed(), $0[2]])
            },
            OpCase("gated-residual", [.normal([3, 37, 21]), .normal([3, 37, 21]), .normal([3, 21])]) {
                GatedResidualOp()($0)
            },
            OpCase("gated-residual, one gate", [.normal([41, 19]), .normal([41, 19]), .normal([19])]) {
                GatedResidualOp()($0)
            },
            OpCase("gated-residual, frozen gate", [.normal([2, 5, 8]), .normal([2, 5, 8]), .constant([8])]) {
                GatedResidualOp()($0)
            },
            OpCase("gated-residual, slice", [.normal([2, 5, 8]), .normal([2, 5, 8]), .normal([2, 24])]) {
                GatedResidualOp()([$0[0], $0[1], $0[2].chunked(into: 3, along: -1)[1]])
            },
        ]
    }

    private static var adaptive: [OpCase] {
        [
            OpCase(
                "adaptive-layer-norm", [.normal([3, 7, 11]), .normal([11]), .normal([11]), .normal([3, 7, 33])],
                tolerance: 3
            ) { AdaptiveLayerNormOp()($0) },
            OpCase(
                "adaptive-layer-norm, many rows",
                [.normal([1031, 16]), .normal([16]), .normal([16]), .normal([1031, 48])], tolerance: 20
            ) { AdaptiveLayerNormOp()($0) },
            OpCase("adaptive-residual", [.normal([5, 3, 19]), .normal([5, 3, 19]), .normal([5, 3, 57])]) {
                AdaptiveResidualOp()($0)
            },
            OpCase(
                "adaptive norm and residual of one condition",
                [.normal([7, 5]), .normal([5]), .normal([5]), .normal([7, 15])], tolerance: 3
            ) {
                let modulated = AdaptiveLayerNormOp()($0)[0]
                return AdaptiveResidualOp()([$0[0], modulated.squared(), $0[3]])
            },
        ]
    }

    private static var distances: [OpCase] {
        [
            OpCase("feature-distance", [.normal([3, 5, 37]), .normal([3, 5, 37])]) { FeatureDistanceOp()($0) },
            OpCase("feature-distance, many pixels", [.normal([1, 3, 2055]), .constant([1, 3, 2055])]) {
                FeatureDistanceOp()([$0[0] * 3, $0[1]])
            },
            OpCase("cosine", [.normal([3, 5, 37]), .normal([3, 5, 37])]) { CosineOp()($0) },
            OpCase("cosine, wide", [.normal([2, 2103]), .constant([2, 2103])]) { CosineOp()($0) },
            // A norm below the limit is a constant.
            OpCase("cosine, no length", [.normal([4, 9]), .constant([4, 9])]) {
                let mask = Tensor([0, 1, 1, 1], shape: [4, 1], on: $0[0].device)
                return CosineOp()([$0[0], $0[1] * mask])
            },
            OpCase("mean-squared-error", [.normal([3, 2, 37, 5]), .normal([3, 2, 37, 5])]) {
                MeanSquaredErrorOp()($0)
            },
            OpCase("mean-squared-error, many elements", [.normal([2, 9001]), .constant([2, 9001])]) {
                MeanSquaredErrorOp()($0)
            },
            OpCase("halved-maximum", [.normal([2, 3, 7, 71])]) { HalvedMaximumOp()($0) },
            OpCase("halved-maximum, even", [.normal([1, 5, 12, 6])]) { HalvedMaximumOp()($0) },
            OpCase("halved-maximum, equal elements", [.normal([1, 2, 6, 9])]) {
                HalvedMaximumOp()([$0[0] * $0[0].detached().isLess(than: Tensor.zeros([], on: $0[0].device))])
            },
            // Pixels without any feature are 0, and so is their gradient.
            OpCase("feature-distance, empty pixels", [.normal([2, 9, 13]), .constant([2, 9, 13])]) {
                let mask = (0..<13).map { $0 < 4 ? Float(0) : 1 }
                return FeatureDistanceOp()([$0[0] * Tensor(mask, shape: [13], on: $0[0].device), $0[1]])
            },
        ]
    }

    private static var optimizer: [OpCase] {
        let shape: Shape = [67, 31]
        let moments: [OpCaseInput] = [.constant(shape), .constant(shape), .constant(shape)]
        let step = AdamWOp(
            learningRate: 1e-2, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, step: 3, decays: [0.99, 0.9])
        // Values, gradients and the factor of three updates at once.
        let shapes: [Shape] = [shape, [13], [3, 8]]
        let several: [OpCaseInput] = shapes.flatMap { [OpCaseInput](repeating: .constant($0), count: 6) }
        return [
            OpCase("adamw-ema", moments + [.constant(shape), .constant(shape), .constant(shape), .constant([1])]) {
                step([$0[0], $0[1], $0[2].squared(), $0[3], $0[4], $0[5], $0[6]])
            },
            OpCase(
                "adamw-ema, in place", moments + [.constant(shape), .constant(shape), .constant(shape), .constant([1])]
            ) {
                var values = [$0[0] + 0, $0[1] + 0, $0[2].squared(), $0[3] + 0, $0[4] + 0]
                step.update(&values, reading: [$0[5], $0[6]])
                return values
            },
            OpCase("adamw-ema, several in place", several + [.constant([1])]) { inputs in
                var groups = shapes.indices.map { index -> [Tensor] in
                    let first = 6 * index
                    return [inputs[first] + 0, inputs[first + 1] + 0, inputs[first + 2].squared()]
                        + [inputs[first + 3] + 0, inputs[first + 4] + 0]
                }
                step.update(each: &groups, reading: shapes.indices.map { [inputs[6 * $0 + 5], inputs[18]] })
                return groups.flatMap { $0 }
            },
        ]
    }
}
