/// The taps of a transformer over the patches of an image: the tokens that enter each block, and those that leave the
/// last.
public struct BlockTaps: Sendable, Hashable {
    private let grid: PatchGrid
    private let blockCount: Int
    private let width: Int

    /// - Parameters:
    ///   - grid: a token for each of its patches.
    ///   - blockCount: number of blocks.
    ///   - width: of the tokens, D.
    public init(grid: PatchGrid, blockCount: Int, width: Int) {
        self.grid = grid
        self.blockCount = blockCount
        self.width = width
    }

    /// All of them, from the first block on.
    public var all: [FeatureTap] { (0...blockCount).map { FeatureTap(enteringBlock: $0) } }

    /// The shape of the features at a tap; nil if the transformer has no such block.
    public func spec(at tap: FeatureTap) -> FeatureSpec? {
        guard (0...blockCount).contains(tap.block) else { return nil }
        return FeatureSpec(rows: grid.rows, columns: grid.columns, width: width)
    }
}
