/// Why a zip file was refused.
struct ZipFailure: Error {
    let reason: String
}

/// The members of a zip file, by name: where their bytes lie and what their checksum is (PKWARE APPNOTE 6.3, with ZIP64).
struct ZipDirectory {
    struct Member {
        /// Where its bytes lie in the file, compressed or not.
        let range: Range<Int>
        /// Of the bytes when inflated.
        let checksum: UInt32
        /// Number of bytes when inflated.
        let byteCount: Int
        let isDeflated: Bool
    }

    private static let endSignature: UInt32 = 0x0605_4B50
    private static let end64Signature: UInt32 = 0x0606_4B50
    private static let locatorSignature: UInt32 = 0x0706_4B50
    private static let entrySignature: UInt32 = 0x0201_4B50
    private static let localSignature: UInt32 = 0x0403_4B50
    private static let maximumMemberCount = 1_000_000

    /// All members that are stored or deflated.
    private(set) var members: [String: Member] = [:]
    private let file: MappedFile

    /// The members that are not compressed.
    var storedMembers: [String: Member] { members.filter { !$0.value.isDeflated } }

    /// Whether a file starts as a zip file does.
    static func recognises(_ file: MappedFile) -> Bool {
        file.byteCount >= 4
            && file.withBytes(in: 0..<4) { $0.loadUnaligned(as: UInt32.self).littleEndian } == localSignature
    }

    init(_ file: MappedFile) throws(ZipFailure) {
        self.file = file
        let end = try Self.findEnd(file)
        var count = Int(try number(end + 10, 2))
        var offset = Int(try number(end + 16, 4))
        if end >= 20, try number(end - 20, 4) == Self.locatorSignature {
            let end64 = try position(end - 20 + 8)
            guard try number(end64, 4) == Self.end64Signature else { throw Self.broken("its ZIP64 record is missing") }
            count = try position(end64 + 32)
            offset = try position(end64 + 48)
        }
        guard count <= Self.maximumMemberCount else { throw Self.broken("it has \(count) members") }
        for _ in 0..<count { offset = try addEntry(at: offset) }
    }

    /// Adds the member whose directory entry is at `offset`.
    ///
    /// - Returns: where the next entry is.
    private mutating func addEntry(at offset: Int) throws(ZipFailure) -> Int {
        guard try number(offset, 4) == Self.entrySignature else { throw Self.broken("its directory is damaged") }
        let method = try number(offset + 10, 2)
        let checksum = UInt32(try number(offset + 16, 4))
        let nameLength = Int(try number(offset + 28, 2))
        let extraLength = Int(try number(offset + 30, 2))
        let commentLength = Int(try number(offset + 32, 2))
        let name = try bytes(offset + 46, nameLength)
        // Numbers that do not fit are all ones here and stand, in this order, in the ZIP64 field.
        var field = try zip64Field(offset + 46 + nameLength, extraLength)
        func resolved(_ value: UInt64) throws(ZipFailure) -> Int {
            guard value == 0xFFFF_FFFF else { return Int(value) }
            guard let place = field.popFirst() else { throw Self.broken("a ZIP64 size is missing") }
            return place
        }
        let size = try resolved(number(offset + 24, 4))
        let stored = try resolved(number(offset + 20, 4))
        let local = try resolved(number(offset + 42, 4))
        let isDeflated = method == 8
        if isDeflated || (method == 0 && stored == size) {
            let start = try dataStart(ofLocalHeader: local)
            guard stored >= 0, stored <= file.byteCount - start else {
                throw Self.broken("a member ends outside the file")
            }
            members[String(decoding: name, as: UTF8.self)] = Member(
                range: start..<start + stored, checksum: checksum, byteCount: size, isDeflated: isDeflated)
        }
        return offset + 46 + nameLength + extraLength + commentLength
    }

    private func dataStart(ofLocalHeader offset: Int) throws(ZipFailure) -> Int {
        guard try number(offset, 4) == Self.localSignature else { throw Self.broken("a member has no header") }
        let start = offset + 30 + Int(try number(offset + 26, 2)) + Int(try number(offset + 28, 2))
        guard start <= file.byteCount else { throw Self.broken("a member starts outside the file") }
        return start
    }

    /// The 8-byte numbers of the extra field with identifier 1.
    private func zip64Field(_ start: Int, _ length: Int) throws(ZipFailure) -> ArraySlice<Int> {
        var offset = start
        while offset + 4 <= start + length {
            let count = Int(try number(offset + 2, 2))
            if try number(offset, 2) == 1 {
                var numbers: [Int] = []
                for place in 0..<count / 8 { numbers.append(try size(offset + 4 + 8 * place)) }
                return numbers[...]
            }
            offset += 4 + count
        }
        return []
    }

    private static func findEnd(_ file: MappedFile) throws(ZipFailure) -> Int {
        let minimum = 22
        let start = max(0, file.byteCount - minimum - 0xFFFF)
        let tail = file.withBytes(in: start..<file.byteCount) { [UInt8]($0) }
        for offset in stride(from: tail.count - minimum, through: 0, by: -1)
        where tail[offset..<offset + 4].reversed().reduce(0, { $0 << 8 | UInt32($1) }) == endSignature {
            return start + offset
        }
        throw broken("its directory is missing; is it cut short?")
    }

    private func bytes(_ offset: Int, _ count: Int) throws(ZipFailure) -> [UInt8] {
        guard offset >= 0, count <= file.byteCount, offset <= file.byteCount - count else {
            throw Self.broken("its directory points outside the file")
        }
        return file.withBytes(in: offset..<offset + count) { [UInt8]($0) }
    }

    private func number(_ offset: Int, _ byteCount: Int) throws(ZipFailure) -> UInt64 {
        try bytes(offset, byteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A 64-bit number that may be a size before compression: deflate shrinks by at most 1032.
    private func size(_ offset: Int) throws(ZipFailure) -> Int {
        let value = try number(offset, 8)
        guard value / 1032 <= UInt64(file.byteCount) else { throw Self.broken("a size of \(value) bytes") }
        return Int(value)
    }

    /// A 64-bit number that must be a place or size inside the file.
    private func position(_ offset: Int) throws(ZipFailure) -> Int {
        let value = try number(offset, 8)
        guard value <= UInt64(file.byteCount) else { throw Self.broken("a size of \(value) bytes") }
        return Int(value)
    }

    private static func broken(_ reason: String) -> ZipFailure { ZipFailure(reason: "as a zip file, \(reason)") }
}
