import CZlib

/// Inflates data piece by piece, so that the caller decides how much may come out.
struct InflateStream: ~Copyable {
    enum Failure: Error {
        case corrupt(String)
    }

    /// How the compressed data are wrapped.
    enum Format {
        /// One gzip file after another.
        case gzip
        /// Not at all, as in zip files.
        case raw

        fileprivate var windowBits: Int32 {
            switch self {
            case .gzip: 15 + 16
            case .raw: -15
            }
        }
    }

    /// Where the compressed data are.
    enum Source {
        case memory([UInt8])
        case file(MappedFile, Range<Int>)

        fileprivate var count: Int {
            switch self {
            case .memory(let bytes): bytes.count
            case .file(_, let range): range.count
            }
        }

        fileprivate func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            switch self {
            case .memory(let bytes): bytes.withUnsafeBytes(body)
            case .file(let file, let range): file.withBytes(in: range, body)
            }
        }
    }

    private let stream: UnsafeMutablePointer<z_stream>  // zlib refuses a stream that was moved
    private let source: Source
    private let format: Format
    private var offset = 0
    private var isAtEnd = false

    /// Whether data starts as a gzip file does.
    static func recognisesGzip(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x1f, 0x8b])
    }

    init(_ source: Source, _ format: Format) throws(Failure) {
        self.source = source
        self.format = format
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .corrupt("zlib could not start (\(status))") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Fills `destination`, or less at the end of the data, whose checksum has then been verified.
    ///
    /// - Returns: bytes written.
    mutating func read(into destination: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        var written = 0
        while written < destination.count && !isAtEnd {
            written += try step(into: UnsafeMutableRawBufferPointer(rebasing: destination[written...]))
        }
        return written
    }

    private mutating func step(into destination: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let capacity = UInt32(min(destination.count, 1 << 30))
        let available = UInt32(min(source.count - offset, 1 << 30))
        stream.pointee.next_out = destination.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_out = capacity
        let status = source.withBytes { bytes in
            // zlib only reads here; its field lacks the const.
            let start = bytes.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.next_in = UnsafeMutablePointer(mutating: start.map { $0 + offset })
            stream.pointee.avail_in = available
            return inflate(stream, Z_NO_FLUSH)
        }
        offset += Int(available - stream.pointee.avail_in)
        switch status {
        case Z_OK: break
        case Z_STREAM_END: try startNextMember()
        case Z_BUF_ERROR: throw .corrupt("the compressed data end too early")
        default: throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
        }
        return Int(capacity - stream.pointee.avail_out)
    }

    /// A gzip file may hold several members one after another.
    private mutating func startNextMember() throws(Failure) {
        if offset == source.count || format == .raw {
            isAtEnd = true
        } else {
            guard inflateReset(stream) == Z_OK else { throw .corrupt("zlib could not go on") }
        }
    }
}
