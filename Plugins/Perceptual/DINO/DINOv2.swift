public import SwiffuseNN
public import SwiffuseTensor

/// The vision transformer DINOv2 (Oquab et al., arXiv:2304.07193), as in facebookresearch/dinov2: class token,
/// registers, LayerScale, and a position table that is scaled to the picture.
///
/// Parameters carry the official keys; the mask token, which only its training uses, is not among them.
public struct DINOv2: Sendable {
    public let configuration: DINOv2Configuration
    private let classToken: Parameter
    private let positions: DINOv2Positions
    private let registers: Parameter?
    private let patchWeight: Parameter
    private let patchBias: Parameter
    private let blocks: [DINOv2Block]
    private let norm: AffineLayerNorm

    /// What the encoder says about pictures, after the last norm.
    public struct Features: Sendable {
        /// The patch tokens that leave each block asked for, [B, N, D].
        public let patches: [Int: Tensor]
        /// The class token of the last block, [B, 1, D].
        public let classToken: Tensor
    }

    /// - Parameter scope: where weights are declared.
    public init(_ scope: Scope, _ configuration: DINOv2Configuration = DINOv2Configuration()) {
        let width = configuration.width
        self.configuration = configuration
        classToken = scope.parameter("cls_token", [1, 1, width], initial: .normal(deviation: 1e-6))
        positions = DINOv2Positions(scope, configuration)
        registers =
            configuration.registerCount > 0
            ? scope.parameter(
                "register_tokens", [1, configuration.registerCount, width], initial: .normal(deviation: 1e-6)) : nil
        let patches = scope.child("patch_embed.proj")
        patchWeight = patches.parameter(
            "weight", [width, 3, configuration.patchSize, configuration.patchSize], initial: .kaimingUniform)
        patchBias = patches.parameter("bias", [width], initial: .zeros)
        blocks = (0..<configuration.depth).map { DINOv2Block(scope.child("blocks.\($0)"), configuration) }
        norm = AffineLayerNorm(scope.child("norm"), width: width)
    }

    /// - Parameters:
    ///   - images: prepared by `DINOv2Preparation`, [B, 3, H, W] with sides divisible by the patch size.
    ///   - layers: blocks whose output is wanted, from 0.
    /// - Returns: normalised features.
    public func callAsFunction(_ images: Tensor, layers: [Int], _ pass: Pass) -> Features {
        var found: [Int: Tensor] = [:]
        let last = run(images, through: blocks.count, pass) { if layers.contains($0) { found[$0] = $1 } }
        let patches = found.mapValues { patchTokens(of: norm($0, pass)) }
        return Features(patches: patches, classToken: norm(last, pass).sliced(along: 1, 0..<1))
    }

    /// The normalised patch tokens that leave some blocks, in the order asked for; blocks behind the last are not run.
    ///
    /// - Parameters:
    ///   - images: prepared by `DINOv2Preparation`, [B, 3, H, W] with sides divisible by the patch size.
    ///   - layers: blocks from 0, at least one.
    /// - Returns: [B, N, D] for each layer, patches row by row.
    public func patchFeatures(of images: Tensor, layers: [Int], _ pass: Pass) -> [Tensor] {
        var found: [Int: Tensor] = [:]
        _ = run(images, through: 1 + (layers.max() ?? 0), pass) { layer, tokens in
            if layers.contains(layer) { found[layer] = tokens }
        }
        return layers.map { layer in
            let tokens = required(found[layer], "DINOv2", "layer \(layer) is not one of 0 to \(blocks.count - 1)")
            return patchTokens(of: norm(tokens, pass))
        }
    }

    /// The position table for a picture of rows × columns patches, [1, 1 + rows · columns, D].
    public func positionTable(rows: Int, columns: Int, _ pass: Pass) -> Tensor {
        positions(rows: rows, columns: columns, pass)
    }

    private func run(
        _ images: Tensor, through count: Int, _ pass: Pass, visit: (Int, Tensor) -> Void
    ) -> Tensor {
        var tokens = embedded(images, pass)
        for (index, block) in blocks.prefix(count).enumerated() {
            tokens = block(tokens, pass)
            visit(index, tokens)
        }
        return tokens
    }

    /// [class token, registers, patches] with positions on the first and the last.
    private func embedded(_ images: Tensor, _ pass: Pass) -> Tensor {
        let (batch, side) = (images.shape[0], configuration.patchSize)
        let (rows, columns) = (images.shape[2] / side, images.shape[3] / side)
        let weight = pass(patchWeight).reshaped(to: configuration.width, -1)
        let patches = PatchifyLinearOp(PatchLayout(size: side), hasBias: true)([images, weight, pass(patchBias)])[0]
        let table = positions(rows: rows, columns: columns, pass)
        let first = (pass(classToken) + table.sliced(along: 1, 0..<1))
            .broadcast(to: [batch, 1, configuration.width])
        let rest = patches + table.sliced(along: 1, 1..<table.shape[1])
        let middle = registers.map {
            [pass($0).broadcast(to: [batch, configuration.registerCount, configuration.width])]
        }
        return Tensor.concatenated([first] + (middle ?? []) + [rest], along: 1)
    }

    private func patchTokens(of tokens: Tensor) -> Tensor {
        tokens.sliced(along: 1, 1 + configuration.registerCount..<tokens.shape[1])
    }
}
