/// An array of unsigned bytes in the IDX format of MNIST, plain or compressed by gzip.
///
/// Layout: two zero bytes, the element type (8 = unsigned byte), the rank, each dimension as a big-endian UInt32, then
/// the elements in row-major order.
public struct IDXFile: Sendable {
    /// Sizes, slowest dimension first.
    public let shape: [Int]
    /// The elements, as many as the product of `shape`.
    public let bytes: [UInt8]

    /// Reads a file. What it expands to is bounded by what its header promises, and that by `maximumByteCount`.
    public init(path: String, maximumByteCount: Int = 1 << 31) throws(DataError) {
        let contents: [UInt8]
        do {
            contents = try FileContents.read(path, maximumByteCount: maximumByteCount)
        } catch {
            throw .file(error)
        }
        try self.init(contents: contents, path: path, maximumByteCount: maximumByteCount)
    }

    /// Reads a file held in memory; `path` is what errors call it.
    package init(contents: [UInt8], path: String, maximumByteCount: Int = 1 << 31) throws(DataError) {
        do throws(IDXSource.Failure) {
            var source = try IDXSource(contents)
            shape = try Self.shape(from: &source)
            let count = try Self.byteCount(of: shape, available: source.maximumRemaining, limit: maximumByteCount)
            bytes = try source.read(count, of: "elements")
            guard try source.isAtEnd() else { throw .init(reason: "it goes on after its \(count) elements") }
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
    }

    private static func shape(from source: inout IDXSource) throws(IDXSource.Failure) -> [Int] {
        let magic = try source.read(4, of: "header")
        guard magic[0] == 0, magic[1] == 0 else { throw .init(reason: "it is not an IDX file") }
        guard magic[2] == 8 else { throw .init(reason: "only unsigned bytes are read, not element type \(magic[2])") }
        guard (1...4).contains(magic[3]) else { throw .init(reason: "it has \(magic[3]) dimensions, not 1 to 4") }
        let sizes = try source.read(4 * Int(magic[3]), of: "header")
        return stride(from: 0, to: sizes.count, by: 4).map { start in
            sizes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private static func byteCount(
        of shape: [Int], available: Int, limit: Int
    ) throws(IDXSource.Failure) -> Int {
        guard let count = StoredDType.uint8.byteCount(ofShape: shape), count <= limit, count <= available else {
            throw .init(reason: "it claims \(shape) elements, more than it can hold")
        }
        return count
    }
}

/// The bytes of an IDX file, inflated on the way if need be.
private struct IDXSource: ~Copyable {
    struct Failure: Error {
        let reason: String
    }

    private let contents: [UInt8]
    private var offset = 0
    private var gzip: InflateStream?

    init(_ contents: [UInt8]) throws(Failure) {
        self.contents = contents
        if InflateStream.recognisesGzip(contents) {
            do {
                gzip = try InflateStream(.memory(contents), .gzip)
            } catch {
                throw Failure(error)
            }
        }
    }

    /// No more bytes than this can follow: deflate shrinks by at most 1032.
    var maximumRemaining: Int {
        gzip == nil ? contents.count - offset : contents.count * 1032
    }

    mutating func read(_ count: Int, of part: String) throws(Failure) -> [UInt8] {
        let bytes = try readUpTo(count)
        guard bytes.count == count else {
            throw Failure(reason: "its \(part) end after \(bytes.count) of \(count) bytes")
        }
        return bytes
    }

    mutating func isAtEnd() throws(Failure) -> Bool {
        try readUpTo(1).isEmpty
    }

    private mutating func readUpTo(_ count: Int) throws(Failure) -> [UInt8] {
        if gzip == nil {
            let end = min(contents.count, offset + count)
            defer { offset = end }
            return Array(contents[offset..<end])
        }
        var bytes = [UInt8](repeating: 0, count: count)
        do throws(InflateStream.Failure) {
            let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(InflateStream.Failure) in
                try gzip?.read(into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
            }
            bytes.removeLast(count - got)
        } catch {
            throw Failure(error)
        }
        return bytes
    }
}

extension IDXSource.Failure {
    init(_ failure: InflateStream.Failure) {
        switch failure {
        case .corrupt(let reason): self.init(reason: reason)
        }
    }
}
