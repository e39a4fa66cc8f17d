import Swiffuse

/// What `info` prints about a PyTorch file.
struct TorchReport {
    private let file: TorchFile

    init(path: String) throws { file = try TorchFile(path: path) }

    func lines() throws -> [String] {
        var table = Table([.left, .left, .left])
        for name in file.names {
            let shape = try file.shape(of: name).map(String.init).joined(separator: ", ")
            table.add([name.isEmpty ? "(no name)" : name.printable, try file.dtype(of: name).rawValue, "[\(shape)]"])
        }
        let title = [
            "\(file.path): a PyTorch file", "  " + Amount.count(file.names.count, "tensor"),
            "  SHA-256 \(try SHA256.hexadecimal(ofFile: file.path))", "",
        ]
        let others = file.scalars.map { "\($0.name.printable) = \(Self.text($0.value))" }
        return title + table.lines() + (others.isEmpty ? [] : ["", "other values"] + others.map { "  \($0)" })
    }

    private static func text(_ value: TorchScalar) -> String {
        switch value {
        case .none: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .integer(let number): String(number)
        case .longInteger(let bytes): "an integer of \(bytes.count) bytes"
        case .float(let number): String(number)
        case .text(let text): "'\(text.prefix(200).printable)'"
        case .bytes(let bytes): "\(bytes.count) bytes"
        }
    }
}
