public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseTensor

/// Kinds `ckpt_…`: files written by `torch.save`, whose tensors, layouts and scalars must come out bit for bit.
public struct TorchFilesCheck: GoldenCheck {
    public let kinds = ["ckpt_awkward", "ckpt_legacy", "ckpt_lightning", "ckpt_zip64"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        guard let path = fixture.description.containerPath else {
            throw fixture.malformed("the JSON names no file and expected file")
        }
        let file = try TorchFile(path: path)
        var results = try fixture.references.map { try compare($0, in: file, with: fixture) }
        for name in file.names where !fixture.contains(name) {
            results.append(.fail(name, "no such tensor is expected"))
        }
        let comparison = TorchDescription(file: file, settings: fixture.description.root)
        return results + comparison.layouts() + comparison.scalars()
    }

    private func compare(_ name: String, in file: TorchFile, with fixture: GoldenFixture) throws -> GoldenResult {
        guard file.contains(name) else { return .fail(name, "the file holds no such tensor") }
        let expected = try fixture.tensors.entry(name)
        let (dtype, shape) = (try file.dtype(of: name), try file.shape(of: name))
        guard dtype == expected.dtype, shape == expected.shape else {
            return .fail(
                name, "\(dtype.rawValue) \(shape) was read, \(expected.dtype.rawValue) \(expected.shape) is expected")
        }
        let read = try file.withBytes(of: name) { [UInt8]($0) }
        let wanted = try fixture.tensors.withBytes(of: name) { [UInt8]($0) }
        guard read == wanted else { return .fail(name, "its bytes differ") }
        return .same(name)
    }
}

/// What the JSON says about a file besides the tensors' values.
private struct TorchDescription {
    let file: TorchFile
    let settings: FixtureSettings

    /// Offsets and strides.
    func layouts() -> [GoldenResult] {
        (settings.values["tensor_layout"]?.members ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            let result = "layout of \(name)"
            guard let (offset, strides) = try? file.strides(of: name) else { return .fail(result, "no such tensor") }
            let wantedOffset = value.members?["storage_offset"]?.integer
            let wantedStrides = value.members?["stride"]?.elements?.compactMap(\.integer)
            guard offset == wantedOffset, strides == wantedStrides else {
                return .fail(result, "offset \(offset) and strides \(strides) were read")
            }
            return .same(result)
        }
    }

    /// Numbers, texts and the like.
    func scalars() -> [GoldenResult] {
        let found = Dictionary(file.scalars.map { ($0.name, $0.value) }) { first, _ in first }
        return (settings.values["scalars"]?.members ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            let result = "scalar \(name)"
            if let size = value.text?.wholeMatch(of: /torch\.Size\(\[(.*)\]\)/) {
                let wanted = size.1.split(separator: ",").compactMap { Int64($0.drop { $0 == " " }) }
                let read = wanted.indices.map { found["\(name)/\($0)"] }
                return read == wanted.map { .integer($0) } ? .same(result) : .fail(result, "\(read) was read")
            }
            guard let scalar = found[name] else { return .fail(result, "no such value was read") }
            return scalar.agrees(with: value) ? .same(result) : .fail(result, "\(scalar) was read")
        }
    }
}

extension TorchScalar {
    /// Whether a value is what Python's JSON module, or its `repr` for bytes, writes.
    fileprivate func agrees(with value: JSONValue) -> Bool {
        switch self {
        case .none: value == .null
        case .bool(let flag): value.bool == flag
        case .integer(let number): value.number == Double(number)
        case .longInteger(let bytes):
            value.number == bytes.reversed().reduce(0) { $0 * 256 + Double($1) }
        case .float(let number):
            value.number == number || value.text == (number.isNaN ? "nan" : number > 0 ? "inf" : "-inf")
        case .text(let text): value.text == text
        case .bytes(let bytes): value.text == "b'\(bytes.map(Self.escaped).joined())'"
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return (32..<127).contains(byte)
            ? String(UnicodeScalar(byte)) : "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
