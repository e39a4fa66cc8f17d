import CZlib

/// Writes an .npz file, as `numpy.savez` does, piece by piece: any size needs little memory. The file appears under its
/// name when `finish()` returns, or never.
///
/// ```swift
/// var writer = try NPZWriter(path: "samples.npz")
/// try writer.begin("arr_0", NPYHeader(.uint8, shape: [50_000, 256, 256, 3]))
/// for batch in batches { try writer.append(batch.pixels) }
/// try writer.finish()
/// ```
public struct NPZWriter: ~Copyable {
    private struct Member {
        let name: [UInt8]
        let offset: Int
        let byteCount: Int
        var checksum: uLong = 0
        var writtenCount = 0
    }

    private var file: AtomicFile
    private var offset = 0
    private var members: [Member] = []

    public init(path: String) throws(FileError) { file = try AtomicFile(path: path) }

    /// Starts an array; the one before it must be complete.
    public mutating func begin(_ name: String, _ header: NPYHeader) throws(FileError) {
        checkIsComplete()
        let bytes = header.bytes
        guard let count = header.byteCount else { fatalError("NPZWriter: an array of \(header.shape)") }
        let member = Member(name: Array((name + ".npy").utf8), offset: offset, byteCount: bytes.count + count)
        members.append(member)
        try emit(Self.localHeader(of: member))
        try append(bytes)
    }

    /// Appends row-major, little-endian data to the array that was begun last.
    public mutating func append<Value: BitwiseCopyable>(_ values: [Value]) throws(FileError) {
        try values.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<Value>) throws(FileError) in
            let bytes = UnsafeRawBufferPointer(buffer)
            let last = members.count - 1
            members[last].checksum = Self.checksum(members[last].checksum, bytes)
            members[last].writtenCount += bytes.count
            try file.write(bytes)
            offset += bytes.count
        }
    }

    /// Writes the directory and moves the file to its place.
    public consuming func finish() throws(FileError) {
        checkIsComplete()
        let start = offset
        for member in members {
            // The checksum is known only now; readers that look at the local header find it there, too.
            try file.overwrite(Self.little(Int(member.checksum), 4), at: member.offset + 14)
            try emit(Self.directoryEntry(of: member))
        }
        let count = Self.little(members.count, 8)
        let end64 =
            Self.little(0x0606_4B50, 4) + Self.little(44, 8) + Self.little(45, 2) + Self.little(45, 2)
            + Self.little(0, 8) + count + count + Self.little(offset - start, 8) + Self.little(start, 8)
        let locator = Self.little(0x0706_4B50, 4) + Self.little(0, 4) + Self.little(offset, 8) + Self.little(1, 4)
        let end =
            Self.little(0x0605_4B50, 4) + Self.little(0, 4) + Self.little(0xFFFF, 2) + Self.little(0xFFFF, 2)
            + Self.little(0xFFFF_FFFF, 4) + Self.little(0xFFFF_FFFF, 4) + Self.little(0, 2)
        try emit(end64 + locator + end)
        try file.commit()
    }

    private func checkIsComplete() {
        guard let last = members.last, last.writtenCount != last.byteCount else { return }
        fatalError("NPZWriter: \(last.writtenCount) of \(last.byteCount) bytes were given")
    }

    /// Every size is written in the ZIP64 way, so that large arrays are no special case.
    private static func localHeader(of member: Member) -> [UInt8] {
        let size = little(member.byteCount, 8)
        return little(0x0403_4B50, 4) + common(member) + little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4)
            + little(member.name.count, 2) + little(20, 2) + member.name + little(1, 2) + little(16, 2) + size + size
    }

    private static func directoryEntry(of member: Member) -> [UInt8] {
        let size = little(member.byteCount, 8)
        let field = little(1, 2) + little(24, 2) + size + size + little(member.offset, 8)
        let sizes = little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4)
        // No comment, first disk, no attributes.
        let rest = little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(0xFFFF_FFFF, 4)
        return little(0x0201_4B50, 4) + little(45, 2) + common(member) + sizes + little(member.name.count, 2)
            + little(field.count, 2) + rest + member.name + field
    }

    /// Version, flags, method 0 (stored), time and date of 1980-01-01, checksum.
    private static func common(_ member: Member) -> [UInt8] {
        little(45, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2) + little(Int(member.checksum), 4)
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func checksum(_ start: uLong, _ bytes: UnsafeRawBufferPointer) -> uLong {
        var checksum = start
        for first in stride(from: 0, to: bytes.count, by: 1 << 30) {
            let part = UnsafeRawBufferPointer(rebasing: bytes[first..<min(bytes.count, first + 1 << 30)])
            checksum = crc32(checksum, part.assumingMemoryBound(to: UInt8.self).baseAddress, uInt(part.count))
        }
        return checksum
    }

    private mutating func emit(_ bytes: [UInt8]) throws(FileError) {
        try file.write(bytes)
        offset += bytes.count
    }
}
