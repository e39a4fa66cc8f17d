/// Where the bytes of a storage lie in a file.
struct TorchStorage {
    let range: Range<Int>
    /// CRC-32, if the container has one.
    let checksum: UInt32?
}

/// The pickle and the storages of a PyTorch file.
struct TorchArchive {
    private static let maximumPickleByteCount = 1 << 26

    let contents: TorchContents
    private(set) var storages: [String: TorchStorage] = [:]

    /// The format since PyTorch 1.6: `ROOT/data.pkl`, `ROOT/data/KEY`, `ROOT/byteorder`.
    init(zip file: MappedFile) throws(PickleFailure) {
        let members = try Self.members(of: file)
        let suffix = "/data.pkl"
        let pickles = members.keys.filter { $0.hasSuffix(suffix) }
        guard let name = pickles.first, pickles.count == 1, let pickle = members[name] else {
            throw PickleFailure(
                reason: "it has \(pickles.count) uncompressed members 'data.pkl', not one; is it a PyTorch file?")
        }
        let root = name.dropLast(suffix.count)
        if let order = members["\(root)/byteorder"] {
            let text = file.withBytes(in: order.range.prefix(16)) { String(decoding: $0, as: UTF8.self) }
            guard text == "little" else { throw PickleFailure(reason: "its byte order is '\(text)', not little") }
        }
        contents = try Self.contents(of: try Self.bytes(of: pickle.range, in: file))
        let prefix = "\(root)/data/"
        for (name, member) in members where name.hasPrefix(prefix) {
            storages[String(name.dropFirst(prefix.count))] = TorchStorage(
                range: member.range, checksum: member.checksum)
        }
    }

    /// The format before: five pickles (magic number, protocol, system, contents, keys of storages), then for each key
    /// an Int64 and the elements.
    init(legacy file: MappedFile) throws(PickleFailure) {
        guard file.byteCount > 0, file.withBytes(in: 0..<1, { $0[0] == PickleOperation.protocolVersion.rawValue })
        else {
            throw PickleFailure(reason: file.look)
        }
        let head = try Self.bytes(of: 0..<min(file.byteCount, Self.maximumPickleByteCount), in: file)
        let sizes = StorageSizes()
        var reader = PickleReader(PickleBytes(head)) { (graph, identifier) throws(PickleFailure) in
            let storage = try graph.storage(identifier)
            sizes.dtypes[storage.key] = storage.dtype
            return storage
        }
        let magic = try reader.read()
        guard case .longInteger([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]) = reader.graph[magic]
        else {
            throw PickleFailure(reason: "it is neither a zip file nor an old PyTorch file")
        }
        let version = try reader.read()
        guard reader.graph.integer(version) == 1001 else { throw PickleFailure(reason: "its protocol is not 1001") }
        _ = try reader.read()
        let root = try reader.read()
        let keyList = try reader.read()
        contents = try TorchContents(reader.graph, root: root)
        var offset = reader.position
        for key in reader.graph.members(keyList) ?? [] {
            guard let key = reader.graph.text(key), let dtype = sizes.dtypes[key] else {
                throw PickleFailure(reason: "a storage has no name or no type")
            }
            guard offset <= file.byteCount - 8 else { throw PickleFailure(reason: "it ends too early") }
            let count = file.withBytes(in: offset..<offset + 8) { Int(littleEndian: $0.loadUnaligned(as: Int.self)) }
            offset += 8
            guard let byteCount = dtype.byteCount(ofShape: [count]), byteCount <= file.byteCount - offset else {
                throw PickleFailure(reason: "storage \(key) of \(count) elements ends outside the file")
            }
            storages[key] = TorchStorage(range: offset..<offset + byteCount, checksum: nil)
            offset += byteCount
        }
    }

    /// Refuses a tensor whose storage is missing or shorter than promised.
    func check(_ layout: TorchTensorLayout, name: String) throws(PickleFailure) {
        guard let storage = storages[layout.storage.key] else {
            throw PickleFailure(reason: "'\(name)' lies in storage \(layout.storage.key), which is missing")
        }
        guard let byteCount = layout.storage.dtype.byteCount(ofShape: [layout.storage.elementCount]),
            byteCount <= storage.range.count
        else {
            throw PickleFailure(
                reason: "storage \(layout.storage.key) has \(storage.range.count) bytes, fewer than its "
                    + "\(layout.storage.elementCount) elements need")
        }
    }

    private static func members(of file: MappedFile) throws(PickleFailure) -> [String: ZipDirectory.Member] {
        do {
            return try ZipDirectory(file).storedMembers
        } catch {
            throw PickleFailure(reason: error.reason)
        }
    }

    private static func contents(of pickle: [UInt8]) throws(PickleFailure) -> TorchContents {
        var reader = PickleReader(PickleBytes(pickle)) { (graph, identifier) throws(PickleFailure) in
            try graph.storage(identifier)
        }
        let root = try reader.read()
        return try TorchContents(reader.graph, root: root)
    }

    private static func bytes(of range: Range<Int>, in file: MappedFile) throws(PickleFailure) -> [UInt8] {
        guard range.count <= maximumPickleByteCount else {
            throw PickleFailure(reason: "its pickle has \(range.count) bytes, more than are read")
        }
        return file.withBytes(in: range) { [UInt8]($0) }
    }
}

/// Element types of storages, collected while the pickle is read.
private final class StorageSizes {
    var dtypes: [String: StoredDType] = [:]
}

extension PickleGraph {
    /// More than any disk holds, and little enough for products with it to stay within an Int.
    private var maximumElementCount: Int { 1 << 48 }

    /// What a persistent identifier ('storage', type, key, location, count) stands for.
    fileprivate func storage(_ identifier: Reference) throws(PickleFailure) -> TorchStorageReference {
        guard let parts = members(identifier), parts.count >= 5, text(parts[0]) == "storage",
            case .global(.storageType(let dtype)) = self[parts[1]], let key = text(parts[2]),
            let count = integer(parts[4]), (0...maximumElementCount).contains(count)
        else { throw PickleFailure(reason: "a persistent identifier stands for something other than a storage") }
        if parts.count > 5 {
            guard case .none = self[parts[5]] else {
                throw PickleFailure(reason: "storage \(key) is a view of another")
            }
        }
        return TorchStorageReference(dtype: dtype, key: key, elementCount: count)
    }
}
