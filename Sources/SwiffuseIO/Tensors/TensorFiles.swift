/// Opens files of named tensors of any format that is read here.
public enum TensorFiles {
    /// Opens a PyTorch file if its ending or its first bytes say so, else a safetensors file.
    public static func open(_ path: String) throws(CheckpointError) -> any TensorFile {
        if try isTorch(path) { return try TorchFile(path: path) }
        return try SafetensorsFile(path: path)
    }

    /// Whether a file is one of PyTorch: a zip file, or with an ending that `torch.save` is used with.
    public static func isTorch(_ path: String) throws(CheckpointError) -> Bool {
        let endings = [".pt", ".pth", ".ckpt", ".bin"]
        if endings.contains(where: { path.lowercased().hasSuffix($0) }) { return true }
        do {
            return try FileContents.start(of: path, byteCount: 4) == [0x50, 0x4B, 3, 4]
        } catch {
            throw .file(error)
        }
    }
}
