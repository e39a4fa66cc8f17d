public import SwiffuseIO

/// Copies tensors of any readable file into a safetensors file, bit for bit.
public struct TensorCopy: Sendable {
    /// Which tensors: those whose names begin so; the prefix is left out of the new names.
    public var prefix: String

    public init(prefix: String = "") { self.prefix = prefix }

    /// Copies the tensors, and if all are wanted the texts of a safetensors file, too.
    ///
    /// - Returns: the number of tensors written.
    /// - Throws: `CheckpointError`, also if no tensor has the prefix.
    public func write(_ source: String, to path: String) throws(CheckpointError) -> Int {
        let file = try TensorFiles.open(source)
        let names = file.names.filter { $0.hasPrefix(prefix) && $0.utf8.count > prefix.utf8.count }
        guard !names.isEmpty else {
            guard !prefix.isEmpty else {
                let reason = file.names.isEmpty ? "holds no tensors" : "holds a single tensor, which has no name"
                throw .unwritable(path: path, reason: "\(source) \(reason)")
            }
            throw .missingPrefix(
                path: source, prefix: prefix, similar: TensorPrefixes.similar(to: prefix, in: file.names))
        }
        var specs: [SafetensorsSpec] = []
        for name in names {
            specs.append(
                SafetensorsSpec(
                    name: String(name.dropFirst(prefix.count)), dtype: try file.dtype(of: name),
                    shape: try file.shape(of: name)))
        }
        let metadata = prefix.isEmpty ? (file as? SafetensorsFile)?.metadata : nil
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: metadata ?? [:])
        for (name, spec) in zip(names, specs) {
            let bytes = try file.withBytes(of: name) { [UInt8]($0) }
            try writer.append(spec.name, bytes)
        }
        try writer.finish()
        return names.count
    }
}
