/// A safetensors file, mapped into memory and checked when opened.
///
/// Opening costs as much as parsing the header; tensors are read when asked for.
public struct SafetensorsFile: TensorFile {
    public let path: String
    /// The tensors in the order of the header.
    public let entries: [SafetensorsEntry]
    /// The texts under `__metadata__`.
    public let metadata: [String: String]

    private let file: MappedFile
    private let indexOfName: [String: Int]

    /// Opens `path`; a file that breaks any rule of the format is refused as a whole.
    public init(path: String) throws(CheckpointError) {
        do {
            file = try MappedFile(path: path)
        } catch {
            throw .file(error)
        }
        let length = try Self.headerLength(of: file)
        let bytes = file.withBytes(in: 8..<8 + length) { [UInt8]($0) }
        do {
            let header = try SafetensorsHeader(bytes, data: 8 + length..<file.byteCount)
            entries = header.entries
            metadata = header.metadata
            indexOfName = header.indexOfName
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
        self.path = path
    }

    /// The tensors' names in the order of the header.
    public var names: [String] { entries.map(\.name) }

    /// Whether a tensor of that name exists.
    public func contains(_ key: String) -> Bool {
        indexOfName[key] != nil
    }

    /// The tensor of that name; if there is none the error suggests the most similar one.
    public func entry(_ key: String) throws(CheckpointError) -> SafetensorsEntry {
        guard let index = indexOfName[key] else {
            throw .missing(path: path, key: key, nearest: nearestName(to: key, in: entries.lazy.map(\.name)))
        }
        return entries[index]
    }

    public func dtype(of key: String) throws(CheckpointError) -> StoredDType { try entry(key).dtype }

    public func shape(of key: String) throws(CheckpointError) -> [Int] { try entry(key).shape }

    /// Gives `body` the raw bytes of a tensor: row-major, little endian, of any alignment, valid during the call only.
    public func withBytes<Result>(
        of key: String, _ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        let range = try entry(key).byteRange
        do {
            try file.checkSize()
        } catch {
            throw .file(error)
        }
        return try file.withBytes(in: range, body)
    }

    private static func headerLength(of file: MappedFile) throws(CheckpointError) -> Int {
        guard file.byteCount >= 8 else {
            throw .malformed(path: file.path, reason: "it has only \(file.byteCount) bytes")
        }
        let length = file.withBytes(in: 0..<8) { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= SafetensorsHeader.maximumByteCount, length <= file.byteCount - 8 else {
            if file.isText { throw .malformed(path: file.path, reason: file.look) }
            throw .malformed(
                path: file.path, reason: "it claims a header of \(length) bytes, but has \(file.byteCount) in all")
        }
        return Int(length)
    }
}
