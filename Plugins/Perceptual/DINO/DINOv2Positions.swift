import SwiffuseNN
import SwiffuseTensor

/// The learned positions of DINOv2, key `pos_embed` [1, 1 + M², D], scaled to pictures of other sizes.
///
/// As upstream: the table is used unchanged if its number of patches fits and the picture is square. Otherwise it is
/// resampled (bicubic, a = −0.75) with the scale (rows + offset) / M, so that source places are (i + ½) · M / (rows +
/// offset) − ½; with offset 0 the scale is rows / M.
struct DINOv2Positions: Sendable {
    private let table: Parameter
    private let side: Int
    private let offset: Double
    private let isAntialiased: Bool

    init(_ scope: Scope, _ configuration: DINOv2Configuration) {
        side = configuration.gridSide
        offset = configuration.interpolationOffset
        isAntialiased = configuration.interpolationAntialias
        table = scope.parameter(
            "pos_embed", [1, 1 + side * side, configuration.width], initial: .normal(deviation: 0.02))
    }

    /// - Returns: [1, 1 + rows · columns, D].
    func callAsFunction(rows: Int, columns: Int, _ pass: Pass) -> Tensor {
        let stored = pass(table)
        if rows * columns == side * side && rows == columns { return stored }
        let width = stored.shape[2]
        let image = stored.sliced(along: 1, 1..<stored.shape[1])
            .reshaped(to: 1, side, side, width).permuted(to: [0, 3, 1, 2])
        let scaled = image.interpolated(rows: resampling(to: rows), columns: resampling(to: columns))
        let patches = scaled.permuted(to: [0, 2, 3, 1]).reshaped(to: 1, rows * columns, width)
        return Tensor.concatenated([stored.sliced(along: 1, 0..<1), patches], along: 1)
    }

    private func resampling(to count: Int) -> AxisResampling {
        AxisResampling(
            from: side, to: count, interpolation: .bicubic, isAntialiased: isAntialiased,
            scale: offset == 0 ? nil : Double(side) / (Double(count) + offset))
    }
}
