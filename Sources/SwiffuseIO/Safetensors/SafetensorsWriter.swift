/// Name, type and shape of a tensor to be written.
public struct SafetensorsSpec: Sendable, Equatable {
    public let name: String
    public let dtype: StoredDType
    public let shape: [Int]

    public init(name: String, dtype: StoredDType, shape: [Int]) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
    }
}

/// Writes a safetensors file tensor by tensor: the file appears under its name when `finish()` returns, or never.
///
/// The bytes depend on the arguments alone: tensors keep the given order, metadata are sorted by key.
/// ```swift
/// var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: ["step": "100"])
/// for tensor in tensors { try writer.append(tensor.name, tensor.values) }
/// try writer.finish()
/// ```
public struct SafetensorsWriter: ~Copyable {
    private let path: String
    private let tensors: [SafetensorsSpec]
    private var file: AtomicFile
    private var writtenCount = 0

    /// Starts a file that will hold exactly `tensors`, in that order.
    public init(path: String, tensors: [SafetensorsSpec], metadata: [String: String] = [:]) throws(CheckpointError) {
        try self.init(path: path, tensors: tensors, metadata: metadata, calls: .system)
    }

    /// As `init(path:tensors:metadata:)`, with other calls than the operating system's.
    package init(
        path: String, tensors: [SafetensorsSpec], metadata: [String: String], calls: FileCalls
    ) throws(CheckpointError) {
        let header = try Self.header(path: path, tensors: tensors, metadata: metadata)
        file = try Self.file(path: path, header: header, calls)
        self.path = path
        self.tensors = tensors
    }

    /// Appends the data of the next tensor, which must be `name`: row-major, little endian.
    public mutating func append(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard writtenCount < tensors.count, tensors[writtenCount].name == name else {
            let expected = writtenCount < tensors.count ? "'\(tensors[writtenCount].name)'" : "none"
            throw .unwritable(path: path, reason: "the next tensor is \(expected), not '\(name)'")
        }
        let spec = tensors[writtenCount]
        guard spec.dtype.byteCount(ofShape: spec.shape) == bytes.count else {
            throw .unwritable(
                path: path, reason: "'\(name)' of \(spec.dtype.rawValue) \(spec.shape) was given \(bytes.count) bytes")
        }
        do {
            try file.write(bytes)
        } catch {
            throw .file(error)
        }
        writtenCount += 1
    }

    /// Appends the data of the next tensor, which must be `name`, from an array of its element type.
    public mutating func append<Element: BitwiseCopyable>(
        _ name: String, _ values: [Element]
    ) throws(CheckpointError) {
        try values.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<Element>) throws(CheckpointError) in
            try append(name, UnsafeRawBufferPointer(buffer))
        }
    }

    /// Completes the file; every tensor must have been appended.
    public consuming func finish() throws(CheckpointError) {
        guard writtenCount == tensors.count else {
            throw .unwritable(path: path, reason: "tensor '\(tensors[writtenCount].name)' was not given")
        }
        do {
            try file.commit()
        } catch {
            throw .file(error)
        }
    }

    private static func file(
        path: String, header: [UInt8], _ calls: FileCalls
    ) throws(CheckpointError) -> AtomicFile {
        do throws(FileError) {
            var file = try AtomicFile(path: path, calls: calls)
            try file.write(header)
            return file
        } catch {
            throw .file(error)
        }
    }

    /// The length, the JSON text and spaces up to a multiple of 8 bytes.
    private static func header(
        path: String, tensors: [SafetensorsSpec], metadata: [String: String]
    ) throws(CheckpointError) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            let pairs = sorted.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var names: Set<String> = ["__metadata__"]
        var offset = 0
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else {
                throw .unwritable(path: path, reason: "tensor name '\(tensor.name)' is used twice or reserved")
            }
            guard let count = tensor.dtype.byteCount(ofShape: tensor.shape),
                case (let end, let overflow) = offset.addingReportingOverflow(count), !overflow
            else {
                throw .unwritable(path: path, reason: "tensor '\(tensor.name)' has the shape \(tensor.shape)")
            }
            let shape = tensor.shape.map { String($0) }.joined(separator: ",")
            members.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
        guard text.count <= SafetensorsHeader.maximumByteCount else {
            throw .unwritable(path: path, reason: "its header would have \(text.count) bytes")
        }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
