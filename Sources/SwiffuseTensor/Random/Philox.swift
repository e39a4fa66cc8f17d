#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Philox 4×32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a generator that is a pure
/// function
/// of (seed, stream, position), so any element can be computed alone and on any device.
///
/// Specification. Block c of a stream is Philox4x32-10 with counter words (c low, c high, stream low, stream high) and
/// key words
/// (seed low, seed high), giving the words w0 … w3. Position i reads word i mod 4 of block i div 4.
/// - Uniform number i: (w >> 8) · 2⁻²⁴, in 0 ..< 1.
/// - Normal numbers 2j and 2j + 1 come from the words a, b at positions 2j and 2j + 1: r = √(−2 ln(((a >> 8) + 1) ·
///   2⁻²⁴)),
///   θ = 2π (b >> 8) · 2⁻²⁴; they are r cos θ and r sin θ, computed in Float64 and rounded once.
public struct Philox: Sendable, Hashable, RandomNumberGenerator {
    public let seed: UInt64
    public let stream: UInt64
    /// Position of the next 32-bit word.
    public private(set) var position: UInt64

    public init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
        self.position = position
    }

    /// The four words of a block.
    public func block(_ index: UInt64) -> SIMD4<UInt32> {
        var counter = SIMD4<UInt32>(
            UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
            UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        var key = SIMD2<UInt32>(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        for _ in 0..<10 {
            let first = UInt64(counter[0]) &* 0xD251_1F53
            let second = UInt64(counter[2]) &* 0xCD9E_8D57
            counter = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0], UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1], UInt32(truncatingIfNeeded: first))
            key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return counter
    }

    private func word(at position: UInt64) -> UInt32 { block(position / 4)[Int(position % 4)] }

    public mutating func next() -> UInt64 {
        let low = word(at: position)
        let high = word(at: position + 1)
        position += 2
        return UInt64(high) << 32 | UInt64(low)
    }

    /// The next number, uniform in 0 ..< 1.
    public mutating func nextUniform() -> Float {
        defer { position += 1 }
        return Philox.unit(word(at: position))
    }

    /// The next `count` uniform numbers in 0 ..< 1.
    public mutating func uniforms(_ count: Int) -> [Float] {
        defer { position += UInt64(count) }
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            fillUniforms(buffer)
            initialized = count
        }
    }

    /// The next `count` standard normal numbers; starts at an even position.
    public mutating func normals(_ count: Int) -> [Float] {
        position += position % 2
        let result = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            fillNormals(buffer)
            initialized = count
        }
        position += UInt64(count + count % 2)
        return result
    }

    /// An independent generator for a labelled purpose.
    public func split(_ label: UInt64) -> Philox {
        let words = Philox(seed: seed, stream: stream ^ 0x5357_4946_4655_5345).block(label)
        return Philox(
            seed: UInt64(words[1]) << 32 | UInt64(words[0]), stream: UInt64(words[3]) << 32 | UInt64(words[2]))
    }

    /// Writes the normal numbers from the current (even) position on.
    package func fillNormals(_ buffer: UnsafeMutableBufferPointer<Float>) {
        var index = 0
        while index < buffer.count {
            let position = self.position + UInt64(index)
            let words = block(position / 4)
            var lane = Int(position % 4)
            while lane < 4 && index < buffer.count {
                let (first, second) = Philox.normalPair(words[lane], words[lane + 1])
                buffer[index] = first
                if index + 1 < buffer.count { buffer[index + 1] = second }
                index += 2
                lane += 2
            }
        }
    }

    /// Writes the uniform numbers from the current position on.
    package func fillUniforms(_ buffer: UnsafeMutableBufferPointer<Float>) {
        var index = 0
        while index < buffer.count {
            let position = self.position + UInt64(index)
            let words = block(position / 4)
            for lane in Int(position % 4)..<4 where index < buffer.count {
                buffer[index] = Philox.unit(words[lane])
                index += 1
            }
        }
    }

    private static func unit(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }

    private static func normalPair(_ a: UInt32, _ b: UInt32) -> (Float, Float) {
        let radius = (-2 * log(Double((a >> 8) + 1) * 0x1p-24)).squareRoot()
        let angle = 2 * Double.pi * Double(b >> 8) * 0x1p-24
        return (Float(radius * cos(angle)), Float(radius * sin(angle)))
    }
}
