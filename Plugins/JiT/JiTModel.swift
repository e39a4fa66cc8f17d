import SwiffuseNN
import SwiffuseTensor

/// The transformer of JiT ("Back to Basics: Let Denoising Generative Models Denoise", arXiv:2511.13720) over image
/// patches.
///
/// Parameters carry the official checkpoint keys and are declared in the official order.
struct JiTModel: Sendable {
    let configuration: JiTConfiguration
    let rows: Int
    let columns: Int
    let classCount: Int
    let positions: Parameter
    let contextPositions: Parameter?
    let timestep: TimestepEmbedding
    let labels: Embedding
    let patches: JiTPatchEmbedding
    let blocks: [JiTBlock]
    let head: JiTHead
    private let plainRotation: RotaryTable
    private let contextRotation: RotaryTable

    /// - Parameters:
    ///   - scope: where parameters are declared.
    ///   - channels: C of the image.
    ///   - height: H in pixels, divisible by the patch size.
    ///   - width: W in pixels, divisible by the patch size.
    ///   - classCount: number of classes; the table has one row more, for "no class".
    init(_ scope: Scope, channels: Int, height: Int, width: Int, classCount: Int, configuration: JiTConfiguration) {
        self.configuration = configuration
        self.classCount = classCount
        let hidden = configuration.hiddenSize
        (rows, columns) = (height / configuration.patchSize, width / configuration.patchSize)
        positions = scope.parameter(
            "pos_embed", [1, rows * columns, hidden],
            initial: .values(PositionTable.sineCosine(width: hidden, rows: rows, columns: columns)), isTrainable: false)
        contextPositions =
            configuration.inContextLength > 0
            ? scope.parameter(
                "in_context_posemb", [1, configuration.inContextLength, hidden], initial: .normal(deviation: 0.02))
            : nil
        timestep = TimestepEmbedding(scope.child("t_embedder"), width: hidden)
        labels = Embedding(scope.child("y_embedder.embedding_table"), count: classCount + 1, width: hidden)
        patches = JiTPatchEmbedding(scope.child("x_embedder"), channels: channels, configuration: configuration)
        blocks = (0..<configuration.depth).map { index in
            JiTBlock(
                scope.child("blocks.\(index)"), configuration: configuration,
                dropoutRate: configuration.dropsOut(inBlock: index) ? Float(configuration.projectionDropout) : 0)
        }
        head = JiTHead(scope, channels: channels, configuration: configuration)
        let headSize = hidden / configuration.headCount
        plainRotation = RotaryTable(headSize: headSize, rows: rows, columns: columns)
        contextRotation = RotaryTable(
            headSize: headSize, rows: rows, columns: columns, contextCount: configuration.inContextLength)
    }

    /// Inner tokens: those entering a block (before context tokens are inserted), or those leaving the last one.
    enum Tap: Sendable, Hashable {
        case entering(block: Int)
        case last
    }

    /// - Parameters:
    ///   - image: x_t, [B, C, H, W].
    ///   - time: t, [B] in 0…1.
    ///   - labels: int32 [B]; `classCount` means "no class".
    ///   - taps: inner tokens to return, image tokens only, each [B, N, D].
    /// - Returns: the raw prediction [B, C, H, W] and the tapped tokens in the order asked for.
    func callAsFunction(
        _ image: Tensor, time: Tensor, labels: Tensor, taps: [Tap] = [], _ pass: Pass
    ) -> (prediction: Tensor, tapped: [Tensor]) {
        let labelVector = self.labels(labels, pass)
        let timeVector = timestep(time, pass)
        let condition = (timeVector + labelVector).silu()
        let plain = plainRotation.tensors(on: pass.device)
        let extended = contextPositions == nil ? plain : contextRotation.tensors(on: pass.device)
        var tokens = patches(image, pass) + pass(positions)
        var tapped: [Tap: Tensor] = [:]
        for (index, block) in blocks.enumerated() {
            if taps.contains(.entering(block: index)) {
                tapped[.entering(block: index)] = imageTokens(of: tokens, entering: index)
            }
            if index == configuration.inContextStart, let contextPositions {
                let context = labelVector.reshaped(to: -1, 1, configuration.hiddenSize) + pass(contextPositions)
                tokens = Tensor.concatenated([context, tokens], along: 1)
            }
            let rotation = index < configuration.inContextStart ? plain : extended
            tokens = run(block, tokens, condition, rotation, pass)
        }
        tokens = imageTokens(of: tokens, entering: blocks.count)
        tapped[.last] = tokens
        let prediction = head(
            tokens, image: image, patchSize: configuration.patchSize, time: timeVector, condition: condition, pass)
        return (prediction, taps.map { tap in tapped[tap] ?? tokens })
    }

    private func run(
        _ block: JiTBlock, _ tokens: Tensor, _ condition: Tensor, _ rotation: (cos: Tensor, sin: Tensor), _ pass: Pass
    ) -> Tensor {
        guard configuration.recompute else { return block(tokens, condition: condition, rotation: rotation, pass) }
        return pass.recomputing(block.parameters, [tokens, condition]) { pass, inputs in
            [block(inputs[0], condition: inputs[1], rotation: rotation, pass)]
        }[0]
    }

    /// Drops the context tokens, which stand first once they have been inserted.
    private func imageTokens(of tokens: Tensor, entering block: Int) -> Tensor {
        let hasContext = contextPositions != nil && block > configuration.inContextStart
        return hasContext ? tokens.sliced(along: 1, configuration.inContextLength..<tokens.shape[1]) : tokens
    }
}
