public import SwiffuseIO

/// Copies tensors of any readable file into a safetensors file, bit for bit.
public struct TensorCopy: Sendable {
    /// Which tensors: those whose names begin so; the prefix is left out of the new names.
    public var prefix: String

    public init(prefix: String = "") { self.prefix = prefix }

    /// - Returns: the number of tensors written.
    /// - Throws: `CheckpointError`, also if no tensor has the prefix.
    public func write(_ source: String, to path: String) throws(CheckpointError) -> Int {
        let file = try TensorFiles.open(source)
        let names = file.names.filter { $0.hasPrefix(prefix) && $0.utf8.count > prefix.utf8.count }
        guard !names.isEmpty else {
            throw .missing(path: source, key: prefix, nearest: nearestName(to: prefix, in: file.names))
        }
        var specs: [SafetensorsSpec] = []
        for name in names {
            specs.append(
                SafetensorsSpec(
                    name: String(name.dropFirst(prefix.count)), dtype: try file.dtype(of: name),
                    shape: try file.shape(of: name)))
        }
        var writer = try SafetensorsWriter(path: path, tensors: specs)
        for (name, spec) in zip(names, specs) {
            let bytes = try file.withBytes(of: name) { [UInt8]($0) }
            try writer.append(spec.name, bytes)
        }
        try writer.finish()
        return names.count
    }
}
