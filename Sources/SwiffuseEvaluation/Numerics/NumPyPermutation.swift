/// Permutations as `numpy.random.RandomState(seed)` draws them one after the other: torch-fidelity shuffles so.
public struct NumPyPermutation: Sendable {
    private var generator: MersenneTwister

    public init(seed: UInt32) { generator = MersenneTwister(seed: seed) }

    /// `permutation(count)`; `choice(count, n, replace=False)` is its first n numbers.
    public mutating func next(of count: Int) -> [Int] {
        var result = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { result.swapAt(last, generator.number(through: last)) }
        return result
    }

    /// The first permutation of a seed.
    public static func permutation(of count: Int, seed: UInt32) -> [Int] {
        var permutation = NumPyPermutation(seed: seed)
        return permutation.next(of: count)
    }
}

/// MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998).
private struct MersenneTwister: Sendable {
    private static let count = 624
    private static let distance = 397

    private var state: [UInt32]
    private var position = Self.count

    init(seed: UInt32) {
        state = [seed]
        for index in 1..<UInt32(Self.count) {
            let previous = state[Int(index) - 1]
            state.append(1_812_433_253 &* (previous ^ previous >> 30) &+ index)
        }
    }

    /// A number in 0...limit, by rejection of masked bits.
    mutating func number(through limit: Int) -> Int {
        let mask = UInt32.max >> UInt32(limit).leadingZeroBitCount
        while true {
            let value = next() & mask
            if value <= limit { return Int(value) }
        }
    }

    private mutating func next() -> UInt32 {
        if position == Self.count { refill() }
        var value = state[position]
        position += 1
        value ^= value >> 11
        value ^= value << 7 & 0x9D2C_5680
        value ^= value << 15 & 0xEFC6_0000
        return value ^ value >> 18
    }

    private mutating func refill() {
        for index in 0..<Self.count {
            let bits = state[index] & 0x8000_0000 | state[(index + 1) % Self.count] & 0x7FFF_FFFF
            let twist: UInt32 = bits & 1 == 1 ? 0x9908_B0DF : 0
            state[index] = state[(index + Self.distance) % Self.count] ^ bits >> 1 ^ twist
        }
        position = 0
    }
}
