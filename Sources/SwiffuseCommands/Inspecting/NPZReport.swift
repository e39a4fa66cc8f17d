import Swiffuse

/// What `info` prints about an .npz file.
struct NPZReport {
    private let file: NPZFile

    init(path: String) throws { file = try NPZFile(path: path) }

    /// Whether a file's name says that it is one.
    static func recognises(_ path: String) -> Bool { path.lowercased().hasSuffix(".npz") }

    func lines() throws -> [String] {
        var table = Table([.left, .left, .left])
        for (name, header) in file.headers.sorted(by: { $0.key < $1.key }) {
            table.add([name.printable, "\(header.element)", "\(header.shape)"])
        }
        let title = [
            "\(file.path): \(kind)", "  " + Amount.count(file.headers.count, "array"),
            "  SHA-256 \(try SHA256.hexadecimal(ofFile: file.path))", "",
        ]
        return title + table.lines()
    }

    private var kind: String {
        var contents: [String] = []
        if file.headers[NPZPictures.name] != nil { contents.append("pictures") }
        if FeatureReference.isKept(in: file) { contents.append("statistics") }
        if FeatureSet.isKept(in: file) { contents.append("features") }
        return "an .npz file" + (contents.isEmpty ? "" : " of " + contents.joined(separator: ", "))
    }
}
