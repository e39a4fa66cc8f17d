/// The arrays of an .npz file, as `numpy.savez` and `savez_compressed` write them; data are read when asked for.
public struct NPZFile: Sendable {
    public let path: String
    /// The arrays that can be read, by name.
    public let headers: [String: NPYHeader]
    private let file: MappedFile
    private let members: [String: ZipDirectory.Member]
    /// Why an array cannot be read.
    private let failures: [String: DataError]

    /// Opens a file and reads what its arrays are.
    ///
    /// - Throws: `DataError` if it is no such file, or none of its arrays is of a kind that can be read.
    public init(path: String) throws(DataError) {
        do {
            file = try MappedFile(path: path)
        } catch {
            throw .file(error)
        }
        var headers: [String: NPYHeader] = [:]
        var members: [String: ZipDirectory.Member] = [:]
        var failures: [String: DataError] = [:]
        do {
            let directory = try ZipDirectory(file)
            for (name, member) in directory.members where name.hasSuffix(".npy") {
                let key = String(name.dropLast(4))
                members[key] = member
                do throws(DataError) {
                    headers[key] = try Self.header(of: member, in: file, name: key, path: path)
                } catch {
                    failures[key] = error
                }
            }
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
        if headers.isEmpty, let first = failures.keys.min(), let failure = failures[first] { throw failure }
        self.path = path
        self.headers = headers
        self.members = members
        self.failures = failures
    }

    /// Reads an array from its start.
    public func reader(_ name: String) throws(DataError) -> NPZReader {
        if let failure = failures[name] { throw failure }
        guard let member = members[name], let header = headers[name] else {
            let known = headers.keys.sorted().joined(separator: ", ")
            throw .malformed(path: path, reason: "it has no array '\(name)', only: \(known)")
        }
        return try NPZReader(file, member, header, path: path, name: name)
    }

    /// A whole array of numbers.
    ///
    /// - Returns: row-major, as Float64.
    public func float64(_ name: String) throws(DataError) -> [Double] {
        var reader = try reader(name)
        let bytes = try reader.read(reader.remainingByteCount)
        return bytes.withUnsafeBytes { buffer in
            let step = reader.header.element.byteCount
            return stride(from: 0, to: buffer.count, by: step).map { offset in
                switch reader.header.element {
                case .uint8: Double(buffer[offset])
                case .int64: Double(buffer.loadUnaligned(fromByteOffset: offset, as: Int64.self))
                case .float32: Double(buffer.loadUnaligned(fromByteOffset: offset, as: Float.self))
                case .float64: buffer.loadUnaligned(fromByteOffset: offset, as: Double.self)
                }
            }
        }
    }

    private static func header(
        of member: ZipDirectory.Member, in file: MappedFile, name: String, path: String
    ) throws(DataError) -> NPYHeader {
        var bytes = try NPZBytes(file, member, path: path)
        let prefix = try bytes.read(min(NPYHeader.prefixByteCount, member.byteCount))
        do {
            let range = try NPYHeader.textRange(prefix)
            let rest = try bytes.read(min(member.byteCount, range.upperBound) - prefix.count)
            let text = (prefix + rest)[min(range.lowerBound, prefix.count + rest.count)...]
            let header = try NPYHeader(text: String(decoding: text, as: UTF8.self))
            guard header.byteCount == member.byteCount - range.upperBound else {
                throw NPYFailure(reason: "of shape \(header.shape) has \(member.byteCount - range.upperBound) bytes")
            }
            return header
        } catch let error as NPYFailure {
            throw .malformed(path: path, reason: "its array '\(name)' \(error.reason)")
        } catch let error as DataError {
            throw error
        } catch {
            throw .malformed(path: path, reason: "\(error)")
        }
    }
}

/// Delivers the data of one array from front to back.
public struct NPZReader: ~Copyable {
    public let header: NPYHeader
    public private(set) var remainingByteCount: Int
    private var bytes: NPZBytes

    init(
        _ file: MappedFile, _ member: ZipDirectory.Member, _ header: NPYHeader, path: String, name: String
    ) throws(DataError) {
        let byteCount = header.byteCount ?? 0
        var bytes = try NPZBytes(file, member, path: path)
        _ = try bytes.read(member.byteCount - byteCount)
        self.header = header
        self.bytes = bytes
        remainingByteCount = byteCount
    }

    /// The next bytes; fewer at the end.
    public mutating func read(_ count: Int) throws(DataError) -> [UInt8] {
        let part = try bytes.read(min(count, remainingByteCount))
        remainingByteCount -= part.count
        return part
    }
}

/// The bytes of a member, inflated on the way if need be.
private struct NPZBytes: ~Copyable {
    private let file: MappedFile
    private let path: String
    private var rest: Range<Int>
    private var stream: InflateStream?

    init(_ file: MappedFile, _ member: ZipDirectory.Member, path: String) throws(DataError) {
        if member.isDeflated {
            self.init(file, path, member.range, try Self.inflating(file, member, path: path))
        } else {
            self.init(file, path, member.range, nil)
        }
    }

    private init(_ file: MappedFile, _ path: String, _ rest: Range<Int>, _ stream: consuming InflateStream?) {
        self.file = file
        self.path = path
        self.rest = rest
        self.stream = stream
    }

    private static func inflating(
        _ file: MappedFile, _ member: ZipDirectory.Member, path: String
    ) throws(DataError) -> InflateStream {
        do {
            return try InflateStream(.file(file, member.range), .raw)
        } catch {
            throw failure(error, path: path)
        }
    }

    /// Exactly `count` bytes, which the caller knows to be there if the file is sound.
    mutating func read(_ count: Int) throws(DataError) -> [UInt8] {
        do {
            try file.checkSize()
        } catch {
            throw .file(error)
        }
        guard stream != nil else {
            guard count >= 0, count <= rest.count else { throw Self.cutShort(path) }
            defer { rest = rest.dropFirst(count) }
            return file.withBytes(in: rest.prefix(count)) { [UInt8]($0) }
        }
        guard count >= 0, count <= rest.count.multipliedReportingOverflow(by: 1032).partialValue else {
            throw Self.cutShort(path)  // deflate shrinks by at most 1032
        }
        var bytes = [UInt8](repeating: 0, count: count)
        do throws(InflateStream.Failure) {
            let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(InflateStream.Failure) in
                try stream?.read(into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
            }
            guard got == count else { throw .corrupt("its data end too early") }
        } catch {
            throw Self.failure(error, path: path)
        }
        return bytes
    }

    private static func cutShort(_ path: String) -> DataError {
        .malformed(path: path, reason: "its data end too early")
    }

    private static func failure(_ failure: InflateStream.Failure, path: String) -> DataError {
        switch failure {
        case .corrupt(let reason): .malformed(path: path, reason: reason)
        }
    }
}
