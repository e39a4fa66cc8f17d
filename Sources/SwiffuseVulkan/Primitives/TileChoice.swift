/// The tile of a matrix product in shared memory, and into how many slices its depth is cut.
package struct TileChoice {
    package let tile: VulkanProfile.Tile
    package let slices: Int

    /// The first tile that gives enough workgroups, the last one if none does.
    ///
    /// - Parameters:
    ///   - rows, columns: of one matrix.
    ///   - depth: how deep the product is; nil if it must not be cut.
    package init(_ tiles: [VulkanProfile.Tile], rows: Int, columns: Int, batches: Int, depth: Int?) {
        let choices = tiles.lazy.map { tile -> (tile: VulkanProfile.Tile, groups: Int, slices: Int) in
            let across = (columns + tile.columns - 1) / tile.columns
            let groups = (rows + tile.rows - 1) / tile.rows * across * batches
            let wanted = (tile.leastGroups + groups - 1) / groups
            return (tile, groups, max(1, min(wanted, (depth ?? 0) / tile.leastSliceDepth)))
        }
        guard let choice = choices.first(where: { $0.groups * $0.slices >= $0.tile.leastGroups }) ?? choices.last else {
            fatalError("matmul: the profile names no tiles")
        }
        tile = choice.tile
        slices = choice.slices
    }
}
