/// A tensor that a fixture describes instead of storing it: `base + amp · (2u − 1)` with u from SplitMix64.
///
/// Computed in Float64 and rounded once, so that it is the same to the last bit everywhere.
public struct ProceduralTensor: Sendable, Hashable {
    public let name: String
    public let shape: [Int]
    /// The mean.
    public let base: Double
    /// The largest distance from it.
    public let amplitude: Double
    public let seed: UInt64

    public init(name: String, shape: [Int], base: Double, amplitude: Double, seed: UInt64) {
        self.name = name
        self.shape = shape
        self.base = base
        self.amplitude = amplitude
        self.seed = seed
    }

    /// An element of `procedural_weights`; the seed is a decimal string, because JSON numbers are too short for it.
    init(_ settings: FixtureSettings) throws(GoldenError) {
        let extents = try settings.list("shape").map(\.integer)
        guard extents.allSatisfy({ $0.map { (0...1 << 30).contains($0) } ?? false }) else {
            throw settings.malformed("shape", "is not a list of extents")
        }
        guard let seed = UInt64(try settings.text("seed")) else {
            throw settings.malformed("seed", "is not a number of 64 bits")
        }
        self.init(
            name: try settings.text("name"), shape: extents.compactMap { $0 }, base: try settings.number("base"),
            amplitude: try settings.number("amp"), seed: seed)
    }

    /// All values, row-major.
    public var values: [Float] {
        let count = shape.reduce(1, *)
        return [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            for index in 0..<count { buffer.initializeElement(at: index, to: value(at: index)) }
            initializedCount = count
        }
    }

    private func value(at index: Int) -> Float {
        var z = seed &+ (UInt64(index) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Float(base + amplitude * (2 * (Double(z >> 40) * 0x1p-24) - 1))
    }
}
