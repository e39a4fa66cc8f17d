public import SwiffuseTensor

/// The transformer blocks of DiT, DeCo and PixNerd over a grid of patches, with keys `0`, `1` … in its scope.
public struct DiTTrunk: Sendable {
    public let blocks: [DiTBlock]
    private let rotation: RotaryTable
    private let recompute: Bool

    /// - Parameters:
    ///   - scope: usually `blocks`.
    ///   - width: D.
    ///   - depth: number of blocks.
    ///   - headCount: H; D / H must be divisible by 4.
    ///   - grid: patches down and across.
    ///   - recompute: whether blocks are computed again in the backward pass instead of keeping their inner values.
    public init(
        _ scope: Scope, width: Int, depth: Int, headCount: Int, grid: (rows: Int, columns: Int), recompute: Bool
    ) {
        blocks = (0..<depth).map { DiTBlock(scope.child("\($0)"), width: width, headCount: headCount) }
        rotation = RotaryTable(interleaving: width / headCount, rows: grid.rows, columns: grid.columns)
        self.recompute = recompute
    }

    /// - Parameters:
    ///   - tokens: [B, N, D], patches row by row.
    ///   - condition: SiLU of the condition, [B, D].
    ///   - taps: blocks whose entering tokens to return as well; the number of blocks means those that leave the last.
    /// - Returns: the tokens that leave the last block, and those asked for, each [B, N, D].
    public func callAsFunction(
        _ tokens: Tensor, condition: Tensor, taps: Set<Int> = [], _ pass: Pass
    ) -> (tokens: Tensor, tapped: [Int: Tensor]) {
        let rotation = rotation.tensors(on: pass.device)
        var (tokens, tapped) = (tokens, [Int: Tensor]())
        for (index, block) in blocks.enumerated() {
            if taps.contains(index) { tapped[index] = tokens }
            tokens = run(block, tokens, condition, rotation, pass)
        }
        if taps.contains(blocks.count) { tapped[blocks.count] = tokens }
        return (tokens, tapped)
    }

    private func run(
        _ block: DiTBlock, _ tokens: Tensor, _ condition: Tensor, _ rotation: (cos: Tensor, sin: Tensor), _ pass: Pass
    ) -> Tensor {
        guard recompute else { return block(tokens, condition: condition, rotation: rotation, pass) }
        return pass.recomputing(block.parameters, [tokens, condition]) { pass, inputs in
            [block(inputs[0], condition: inputs[1], rotation: rotation, pass)]
        }[0]
    }
}
