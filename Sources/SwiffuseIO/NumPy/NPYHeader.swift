/// What an .npy file says before its data (NumPy Enhancement Proposal 1): element type and shape.
public struct NPYHeader: Sendable, Equatable {
    /// The element types that are read and written, with NumPy's codes; little endian.
    public enum Element: String, Sendable, CaseIterable {
        case uint8 = "|u1"
        case int64 = "<i8"
        case float32 = "<f4"
        case float64 = "<f8"

        public var byteCount: Int {
            switch self {
            case .uint8: 1
            case .float32: 4
            case .int64, .float64: 8
            }
        }
    }

    public let element: Element
    /// Row-major.
    public let shape: [Int]

    public init(_ element: Element, shape: [Int]) {
        self.element = element
        self.shape = shape
    }

    /// Bytes of the data; nil if no memory could hold them.
    public var byteCount: Int? {
        var count = element.byteCount
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow || extent < 0 { return nil }
            count = product
        }
        return count
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Version 1.0, padded so that the data start at a multiple of 64.
    var bytes: [UInt8] {
        let list = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(list)), }"
        let padding = (64 - (10 + text.utf8.count + 1) % 64) % 64
        let line = Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
        return Self.magic + [1, 0, UInt8(line.count & 255), UInt8(line.count >> 8)] + line
    }

    /// Bytes that `textRange(_:)` looks at.
    static let prefixByteCount = 12

    /// Where the text lies, from the first bytes of a file.
    static func textRange(_ prefix: [UInt8]) throws(NPYFailure) -> Range<Int> {
        guard prefix.count == prefixByteCount, prefix.starts(with: magic) else {
            throw NPYFailure(reason: "is no .npy file")
        }
        switch prefix[6] {
        case 1: return 10..<10 + Int(prefix[8]) + Int(prefix[9]) << 8
        case 2, 3:
            let count = prefix[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard count <= 1 << 16 else { throw NPYFailure(reason: "has a header of \(count) bytes") }
            return 12..<12 + count
        default: throw NPYFailure(reason: "is an .npy file of version \(prefix[6]); 1 to 3 are known")
        }
    }

    /// Reads the text: a Python dictionary of a fixed kind.
    init(text: String) throws(NPYFailure) {
        guard let code = Self.value("descr", in: text)?.trimmed("'\""), let element = Element(code) else {
            let found = Self.value("descr", in: text) ?? "nothing"
            throw NPYFailure(reason: "holds \(found); only uint8, int64, float32 and float64 can be read")
        }
        guard Self.value("fortran_order", in: text) == "False" else {
            throw NPYFailure(reason: "is in Fortran order; save it with numpy.ascontiguousarray")
        }
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else {
            throw NPYFailure(reason: "has no shape")
        }
        var shape: [Int] = []
        for part in text[text.index(after: open)..<close].split(separator: ",") {
            let digits = part.trimmed(" ")
            if digits.isEmpty { continue }
            guard let extent = Int(digits), extent >= 0, shape.count < 32 else {
                throw NPYFailure(reason: "has the shape (\(text[text.index(after: open)..<close]))")
            }
            shape.append(extent)
        }
        self.init(element, shape: shape)
        guard byteCount != nil else { throw NPYFailure(reason: "claims the shape \(shape)") }
    }

    /// What stands behind `'key':`, up to the next comma.
    private static func value(_ key: String, in text: String) -> Substring? {
        guard let found = text.firstRange(of: "'\(key)':") else { return nil }
        return text[found.upperBound...].prefix { $0 != "," && $0 != "}" }.trimmed(" ")
    }
}

/// Why an array cannot be read; the reason goes on after the array's name.
struct NPYFailure: Error {
    let reason: String
}

extension NPYHeader.Element {
    /// Byte order marks that mean the same on these machines are accepted.
    fileprivate init?(_ code: Substring) {
        let known = Self.allCases.first { $0.rawValue.dropFirst() == code.dropFirst() }
        guard let known, let mark = code.first, known == .uint8 ? "|<>=".contains(mark) : "<=".contains(mark) else {
            return nil
        }
        self = known
    }
}

extension Substring {
    fileprivate func trimmed(_ unwanted: String) -> Substring {
        var rest = self
        while let first = rest.first, unwanted.contains(first) { rest.removeFirst() }
        while let last = rest.last, unwanted.contains(last) { rest.removeLast() }
        return rest
    }
}
