#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The quantisation tables that JPEG suggests (ITU-T T.81, Annex K), rows by vertical frequency: how coarsely each
/// frequency may be stored without being missed.
enum JPEGTables {
    static let luminance: [Double] = [
        16, 11, 10, 16, 24, 40, 51, 61,
        12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77,
        24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ]

    static let chrominance: [Double] = [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ]

    /// A table at a quality setting, as libjpeg scales it: clamp(⌊(base·s + 50) / 100⌋, 1, 255) with s = 5000/q below 50
    /// and 200 − 2q from there.
    static func scaled(_ table: [Double], quality: Double) -> [Double] {
        let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
        return table.map { min(255, max(1, (($0 * scale + 50) / 100).rounded(.down))) }
    }

    /// Weights Q^−γ with mean 1 for each channel: Y, then Cb and Cr; for one channel Y alone.
    ///
    /// - Returns: channels · 64 values.
    static func weights(channels: Int, quality: Double, exponent: Double) -> [Float] {
        (0..<channels).flatMap { channel -> [Float] in
            let steps = scaled(channel == 0 ? luminance : chrominance, quality: quality)
            let powers = steps.map { pow($0, -exponent) }
            let mean = powers.reduce(0, +) / Double(powers.count)
            return powers.map { Float($0 / mean) }
        }
    }
}
