extension MappedFile {
    /// Whether the file begins as text does, and no file of numbers.
    var isText: Bool { !start.isEmpty && start.allSatisfy { (32..<127).contains($0) || [9, 10, 13].contains($0) } }

    /// What a file is that does not have the format wanted: a clause for messages.
    var look: String {
        if byteCount == 0 { return "it is empty" }
        guard isText else {
            let bytes = start.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
            return "it begins with the bytes \(bytes.joined(separator: " "))"
        }
        let line = String(decoding: start.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
        if line.hasPrefix("version https://git-lfs") {
            return "it is a pointer of git-lfs, not the file itself, which 'git lfs pull' brings"
        }
        return "it is a text that begins with '\(line.printable)'"
    }

    private var start: [UInt8] { withBytes(in: 0..<min(byteCount, 32)) { [UInt8]($0) } }
}
