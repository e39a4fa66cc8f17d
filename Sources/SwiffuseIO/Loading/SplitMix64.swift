/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; public domain code
/// by S. Vigna): number n is a hash of seed + n · γ, so streams are cheap to start anywhere. Not for cryptography.
struct SplitMix64 {
    private var state: UInt64

    /// A sequence of its own for each pair.
    init(seed: UInt64, stream: UInt64) {
        state = Self.hash(Self.hash(seed) ^ stream)
    }

    /// The next 64 random bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.hash(state)
    }

    /// A number in 0..<bound, each equally likely (Lemire, arXiv:1805.10941).
    mutating func next(below bound: UInt64) -> UInt64 {
        let threshold = (0 &- bound) % bound
        while true {
            let product = next().multipliedFullWidth(by: bound)
            if product.low >= threshold { return product.high }
        }
    }

    /// A number in 0..<1 on a grid of 2⁻⁵³.
    mutating func unitInterval() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Puts the elements into a random order (Fisher–Yates).
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, Int(next(below: UInt64(last + 1))))
        }
    }

    private static func hash(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
