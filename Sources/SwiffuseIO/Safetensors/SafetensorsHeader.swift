/// One tensor of a safetensors file.
public struct SafetensorsEntry: Sendable, Equatable {
    public let name: String
    public let dtype: StoredDType
    public let shape: [Int]
    /// Where its bytes lie, from the start of the file.
    public let byteRange: Range<Int>

    /// Number of elements, the product of `shape`.
    public var elementCount: Int { byteRange.count / dtype.byteCount }
}

/// The parsed and checked JSON header of a safetensors file.
///
/// The rules are those of the reference implementation (github.com/huggingface/safetensors, Apache-2.0): names are
/// unique, each byte range has the size of its shape, and together the ranges cover the data without gap or overlap.
struct SafetensorsHeader {
    /// As the reference implementation accepts.
    static let maximumByteCount = 100_000_000

    private(set) var entries: [SafetensorsEntry] = []
    private(set) var metadata: [String: String] = [:]
    private(set) var indexOfName: [String: Int] = [:]

    /// - Parameters:
    ///   - bytes: the JSON text.
    ///   - data: where the tensors' bytes lie in the file.
    init(_ bytes: [UInt8], data: Range<Int>) throws(JSONScanner.Failure) {
        guard bytes.first == UInt8(ascii: "{") else { throw .init(reason: "the header does not start with '{'") }
        var scanner = JSONScanner(bytes)
        var hasMetadata = false
        try scanner.object { (scanner: inout JSONScanner, name) throws(JSONScanner.Failure) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw scanner.failure("'__metadata__' appears twice") }
                hasMetadata = true
                metadata = try Self.metadata(from: &scanner)
            } else {
                let entry = try Self.entry(named: name, from: &scanner, data: data)
                guard indexOfName.updateValue(entries.count, forKey: name) == nil else {
                    throw scanner.failure("tensor '\(name)' appears twice")
                }
                entries.append(entry)
            }
        }
        guard scanner.isAtEnd else { throw scanner.failure("unexpected text after the header") }
        try Self.checkCoverage(of: data, by: entries)
    }

    private static func metadata(from scanner: inout JSONScanner) throws(JSONScanner.Failure) -> [String: String] {
        var metadata: [String: String] = [:]
        try scanner.object { (scanner: inout JSONScanner, key) throws(JSONScanner.Failure) in
            guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
                throw scanner.failure("metadata '\(key)' appears twice")
            }
        }
        return metadata
    }

    private static func entry(
        named name: String, from scanner: inout JSONScanner, data: Range<Int>
    ) throws(JSONScanner.Failure) -> SafetensorsEntry {
        var dtypeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { (scanner: inout JSONScanner, field) throws(JSONScanner.Failure) in
            switch field {
            case "dtype" where dtypeName == nil: dtypeName = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where offsets == nil: offsets = try scanner.integers()
            default: throw scanner.failure("tensor '\(name)' has an unknown or repeated field '\(field)'")
            }
        }
        guard let dtypeName, let shape, let offsets, offsets.count == 2 else {
            throw scanner.failure("tensor '\(name)' needs dtype, shape and two data_offsets")
        }
        guard let dtype = StoredDType(rawValue: dtypeName) else {
            let known = StoredDType.allCases.map(\.rawValue).joined(separator: ", ")
            throw scanner.failure("tensor '\(name)' has the unknown type '\(dtypeName)'; known: \(known)")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= data.count else {
            throw scanner.failure(
                "tensor '\(name)' claims bytes \(offsets[0]) to \(offsets[1]) of \(data.count); "
                    + "the file may be cut short")
        }
        guard dtype.byteCount(ofShape: shape) == offsets[1] - offsets[0] else {
            throw scanner.failure("tensor '\(name)' of \(dtypeName) \(shape) has \(offsets[1] - offsets[0]) bytes")
        }
        let range = data.lowerBound + offsets[0]..<data.lowerBound + offsets[1]
        return SafetensorsEntry(name: name, dtype: dtype, shape: shape, byteRange: range)
    }

    private static func checkCoverage(
        of data: Range<Int>, by entries: [SafetensorsEntry]
    ) throws(JSONScanner.Failure) {
        var end = data.lowerBound
        let sorted = entries.sorted {
            ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
        }
        for entry in sorted {
            guard entry.byteRange.lowerBound == end else {
                let fault = entry.byteRange.lowerBound < end ? "overlaps another" : "leaves a gap before it"
                throw .init(reason: "the data of tensor '\(entry.name)' \(fault)")
            }
            end = entry.byteRange.upperBound
        }
        guard end == data.upperBound else {
            throw .init(reason: "\(data.upperBound - end) bytes at the end belong to no tensor")
        }
    }
}
