/// Opens files of named tensors of any format that is read here.
public enum TensorFiles {
    /// Opens a PyTorch file if its first bytes say so, else a safetensors file; where they say nothing, its ending decides.
    public static func open(_ path: String) throws(CheckpointError) -> any TensorFile {
        if try isTorch(path) { return try TorchFile(path: path) }
        return try SafetensorsFile(path: path)
    }

    /// Whether a file is one of PyTorch.
    public static func isTorch(_ path: String) throws(CheckpointError) -> Bool {
        let start: [UInt8]
        do {
            start = try FileContents.start(of: path, byteCount: 9)
        } catch {
            throw .file(error)
        }
        if start.starts(with: [0x50, 0x4B, 3, 4]) { return true }  // a zip file
        // The header of a safetensors file follows its length, whose first bytes may look like a pickle's.
        if start.count == 9, start[5..<8].allSatisfy({ $0 == 0 }), start[8] == UInt8(ascii: "{") { return false }
        if start.count >= 2, start[0] == 0x80, (2...5).contains(start[1]) { return true }
        return [".pt", ".pth", ".ckpt", ".bin"].contains { path.lowercased().hasSuffix($0) }
    }
}
