import CZlib
internal import Synchronization

/// A file written by `torch.save`: a zip of a pickle and storages, or the format from before PyTorch 1.6.
///
/// The pickle may hold tensors and plain containers only. Anything else in it is refused by name, and nothing in it is
/// ever run. Tensors are named by their path through the containers, such as `state_dict/denoiser.pos_embed`; their
/// bytes are read when asked for.
public struct TorchFile: TensorFile {
    public let path: String
    /// Values that are not tensors, by their paths.
    public let scalars: [(name: String, value: TorchScalar)]
    public let names: [String]

    private let file: MappedFile
    private let layouts: [String: TorchTensorLayout]
    private let storages: [String: TorchStorage]
    private let verified = VerifiedStorages()

    /// Opens `path`.
    ///
    /// - Throws: `CheckpointError`, also if the pickle asks for anything but tensors and plain containers.
    public init(path: String) throws(CheckpointError) {
        do {
            file = try MappedFile(path: path)
        } catch {
            throw .file(error)
        }
        let contents: TorchContents
        do throws(PickleFailure) {
            let archive = ZipDirectory.recognises(file) ? try TorchArchive(zip: file) : try TorchArchive(legacy: file)
            contents = archive.contents
            storages = archive.storages
            for (name, layout) in contents.tensors { try archive.check(layout, name: name) }
            try Self.checkTotal(of: contents.tensors.map(\.layout), fileByteCount: file.byteCount)
        } catch {
            throw .malformedTorch(path: path, reason: error.reason)
        }
        self.path = path
        scalars = contents.scalars
        names = contents.tensors.map(\.name)
        layouts = Dictionary(contents.tensors.map { ($0.name, $0.layout) }) { first, _ in first }
    }

    /// Refuses a small file that stands for any number of bytes by naming the same ones over and over.
    private static func checkTotal(of layouts: [TorchTensorLayout], fileByteCount: Int) throws(PickleFailure) {
        // Tied weights and broadcast tensors are a small part of honest files.
        let allowance = (1 << 24) + 8 * fileByteCount
        var total = 0
        for layout in layouts {
            total += layout.elementCount * layout.storage.dtype.byteCount
            guard total <= allowance else {
                throw PickleFailure(
                    reason: "its tensors share their numbers so often that they are over \(allowance) bytes, from "
                        + "\(fileByteCount)")
            }
        }
    }

    public func contains(_ key: String) -> Bool { layouts[key] != nil }

    public func dtype(of key: String) throws(CheckpointError) -> StoredDType { try layout(key).storage.dtype }

    public func shape(of key: String) throws(CheckpointError) -> [Int] { try layout(key).shape }

    /// How the tensor lies in its storage: offset and strides in elements.
    public func strides(of key: String) throws(CheckpointError) -> (offset: Int, strides: [Int]) {
        let layout = try layout(key)
        return (layout.offset, layout.strides)
    }

    public func withBytes<Result>(
        of key: String, _ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        let layout = try layout(key)
        guard let storage = storages[layout.storage.key] else {
            throw .malformedTorch(path: path, reason: "the storage of '\(key)' is missing")
        }
        do {
            try file.checkSize()
        } catch {
            throw .file(error)
        }
        return try file.withBytes(in: storage.range) { (bytes: UnsafeRawBufferPointer) throws(CheckpointError) in
            try verify(storage, layout.storage.key, bytes)
            if let run = layout.contiguousRange {
                return try body(UnsafeRawBufferPointer(rebasing: bytes[run]))
            }
            let gathered = layout.gathered(from: bytes)
            var result: Swift.Result<Result, CheckpointError>?
            gathered.withUnsafeBytes { copy in
                do throws(CheckpointError) { result = .success(try body(copy)) } catch { result = .failure(error) }
            }
            guard let result else { throw .malformedTorch(path: path, reason: "'\(key)' could not be read") }
            return try result.get()
        }
    }

    private func layout(_ key: String) throws(CheckpointError) -> TorchTensorLayout {
        guard let layout = layouts[key] else {
            throw .missing(path: path, key: key, nearest: nearestName(to: key, in: names))
        }
        return layout
    }

    /// Compares a storage with its checksum, once.
    private func verify(
        _ storage: TorchStorage, _ key: String, _ bytes: UnsafeRawBufferPointer
    ) throws(CheckpointError) {
        guard let expected = storage.checksum, !verified.contains(key) else { return }
        var checksum = crc32(0, nil, 0)
        for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
            let part = bytes[start..<min(bytes.count, start + 1 << 30)]
            checksum = crc32(
                checksum, UnsafeRawBufferPointer(rebasing: part).assumingMemoryBound(to: UInt8.self).baseAddress,
                uInt(part.count))
        }
        guard checksum == uLong(expected) else {
            throw .malformedTorch(path: path, reason: "storage \(key) does not match its checksum; the file is damaged")
        }
        verified.insert(key)
    }
}

/// Names of storages whose checksums were right.
private final class VerifiedStorages: Sendable {
    private let keys = Mutex<Set<String>>([])

    func contains(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }
    func insert(_ key: String) { keys.withLock { _ = $0.insert(key) } }
}

extension TorchTensorLayout {
    private var isContiguous: Bool {
        var expected = 1
        for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
            if stride != expected { return false }
            expected *= extent
        }
        return true
    }

    /// Where the tensor's bytes lie in its storage if they follow one another in row-major order.
    fileprivate var contiguousRange: Range<Int>? {
        let size = storage.dtype.byteCount
        if elementCount == 0 { return 0..<0 }
        return isContiguous ? offset * size..<(offset + elementCount) * size : nil
    }

    /// The tensor's bytes in row-major order.
    fileprivate func gathered(from bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let size = storage.dtype.byteCount
        var index = [Int](repeating: 0, count: shape.count)
        var position = offset
        return [UInt8](unsafeUninitializedCapacity: elementCount * size) { buffer, count in
            let target = UnsafeMutableRawBufferPointer(buffer)
            while count < elementCount * size {
                for byte in 0..<size { target[count + byte] = bytes[position * size + byte] }
                count += size
                for axis in shape.indices.reversed() {
                    index[axis] += 1
                    position += strides[axis]
                    if index[axis] < shape[axis] { break }
                    position -= strides[axis] * shape[axis]
                    index[axis] = 0
                }
            }
        }
    }
}
