/// The checksum SHA-256 (FIPS 180-4), fed piece by piece.
public struct SHA256: Sendable {
    private static let roundConstants: [UInt32] = fractions(ofRootsOf: firstPrimes(64), root: 3)
    private static let firstState: [UInt32] = fractions(ofRootsOf: firstPrimes(8), root: 2)

    private var state = Self.firstState
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    public init() {}

    /// Adds bytes.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let missing = rest.prefix(64 - pending.count)
            pending += missing
            rest = rest.dropFirst(missing.count)
            guard pending.count == 64 else { return }
            let block = pending
            block.withUnsafeBytes { process($0) }
            pending = []
        }
        let whole = rest.count / 64 * 64
        if whole > 0 { process(UnsafeRawBufferPointer(rebasing: rest.prefix(whole))) }
        pending += rest.dropFirst(whole)
    }

    /// The checksum of everything added so far, as 64 hexadecimal digits.
    public var hexadecimal: String {
        var copy = self
        let zeros = (119 - Int(byteCount % 64)) % 64
        var tail: [UInt8] = [0x80] + [UInt8](repeating: 0, count: zeros)
        withUnsafeBytes(of: (byteCount * 8).bigEndian) { tail += $0 }
        tail.withUnsafeBytes { copy.add($0) }
        return copy.state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// Whole blocks of 64 bytes.
    private mutating func process(_ bytes: UnsafeRawBufferPointer) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            for block in stride(from: 0, to: bytes.count, by: 64) {
                for i in 0..<16 {
                    schedule[i] = UInt32(
                        bigEndian: bytes.loadUnaligned(fromByteOffset: block + 4 * i, as: UInt32.self))
                }
                for i in 16..<64 {
                    let (a, b) = (schedule[i - 15], schedule[i - 2])
                    let first = Self.rotated(a, 7) ^ Self.rotated(a, 18) ^ (a >> 3)
                    let second = Self.rotated(b, 17) ^ Self.rotated(b, 19) ^ (b >> 10)
                    schedule[i] = schedule[i - 16] &+ first &+ schedule[i - 7] &+ second
                }
                compress(schedule)
            }
        }
    }

    private mutating func compress(_ schedule: UnsafeMutableBufferPointer<UInt32>) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        Self.roundConstants.withUnsafeBufferPointer { constants in
            for i in 0..<64 {
                let s1 = Self.rotated(e, 6) ^ Self.rotated(e, 11) ^ Self.rotated(e, 25)
                let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ constants[i] &+ schedule[i]
                let s0 = Self.rotated(a, 2) ^ Self.rotated(a, 13) ^ Self.rotated(a, 22)
                let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
            }
        }
        for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
    }

    private static func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }

    private static func firstPrimes(_ count: Int) -> [UInt64] {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }

    /// The first 32 bits after the binary point of the square or cube roots: ⌊root(n · 2³²ʳ)⌋ mod 2³².
    private static func fractions(ofRootsOf numbers: [UInt64], root: Int) -> [UInt32] {
        numbers.map { number in
            var value: UInt64 = 0
            for bit in stride(from: UInt64(36), through: 0, by: -1) {
                let candidate = value | 1 << bit
                if isAtMost(candidate, root: root, of: number) { value = candidate }
            }
            return UInt32(truncatingIfNeeded: value)
        }
    }

    /// Whether candidateʳ ≤ number · 2³²ʳ.
    private static func isAtMost(_ candidate: UInt64, root: Int, of number: UInt64) -> Bool {
        // At most 37 bits to the third power: 111 bits.
        let power = (0..<root).reduce(UInt128(1)) { value, _ in value * UInt128(candidate) }
        return power <= UInt128(number) << UInt128(32 * root)
    }
}

extension SHA256 {
    /// The checksum of a file, read piece by piece.
    public static func hexadecimal(ofFile path: String) throws(FileError) -> String {
        let file = try MappedFile(path: path)
        var hash = SHA256()
        let piece = 1 << 22
        for start in stride(from: 0, to: file.byteCount, by: piece) {
            try file.checkSize()
            file.withBytes(in: start..<min(file.byteCount, start + piece)) { hash.add($0) }
        }
        return hash.hexadecimal
    }
}
