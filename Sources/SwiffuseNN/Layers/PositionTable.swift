#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Fixed two-dimensional sine-cosine position embeddings.
public enum PositionTable {
    /// For the patch in row i and column j: [sin(j ω), cos(j ω), sin(i ω), cos(i ω)] with ωₖ = 10000^(−k/(D/4)); the
    /// column comes first.
    ///
    /// - Parameters:
    ///   - width: D, divisible by 4.
    ///   - rows: patches down.
    ///   - columns: patches across.
    /// - Returns: rows · columns · width values, patches row by row.
    public static func sineCosine(width: Int, rows: Int, columns: Int) -> [Float] {
        let quarter = width / 4
        let frequencies = (0..<quarter).map { pow(10_000, -Double($0) / Double(quarter)) }
        var table: [Float] = []
        table.reserveCapacity(rows * columns * width)
        for row in 0..<rows {
            for column in 0..<columns {
                for position in [Double(column), Double(row)] {
                    table += frequencies.map { Float(sin(position * $0)) }
                    table += frequencies.map { Float(cos(position * $0)) }
                }
            }
        }
        return table
    }
}
