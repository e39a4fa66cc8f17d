import Foundation
import SwiffuseIO

/// The JSON half of a fixture: what kind of check it is for, and how it was made.
public struct GoldenDescription: Sendable {
    /// The JSON file.
    public let path: String
    /// File name without folder and extension, for reports; nothing depends on it.
    public let name: String
    /// Which check the fixture is for.
    public let kind: String
    /// Everything in the file.
    public let root: FixtureSettings

    /// Reads a `.json` file of at most 16 MB.
    public init(path: String) throws(GoldenError) {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path, maximumByteCount: 1 << 24)
        } catch {
            throw .unreadable(path: path, reason: error.description)
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw .malformed(path: path, reason: "it is not valid JSON")
        }
        guard let members = value.members else { throw .malformed(path: path, reason: "it is not a JSON object") }
        guard let kind = members["kind"]?.text else { throw .malformed(path: path, reason: "the text kind is missing") }
        self.path = path
        self.kind = kind
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        root = FixtureSettings(members, at: "", in: path)
    }

    /// The safetensors file beside the JSON file: the one named as `expected`, or else the one of the same name.
    var tensorPath: String {
        sibling("expected") ?? (path.hasSuffix(".json") ? String(path.dropLast(5)) : path) + ".safetensors"
    }

    /// The file whose contents are `expected`; nil for fixtures of computations.
    var containerPath: String? { root.contains("expected") ? sibling("file") : nil }

    /// The path of a file that the JSON names, beside the JSON file.
    private func sibling(_ key: String) -> String? {
        guard let name = root.values[key]?.text, root.contains("expected"), !name.contains("/") else { return nil }
        return URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
