import SwiffuseIO

/// Which network features come from: those of different networks cannot be compared, even where they are equally long.
public struct FeatureNetworkIdentity: Sendable, Equatable {
    /// Everything that the numbers depend on besides the weights; `FeatureNetwork.settings`.
    public let settings: String
    /// SHA-256 of the weights' file; nil if there is none.
    public let sha256: String?

    public init(settings: String, sha256: String?) {
        self.settings = settings
        self.sha256 = sha256
    }

    /// Whether both may be the same network: a checksum that is unknown agrees with any.
    public func agrees(with other: FeatureNetworkIdentity) -> Bool {
        settings == other.settings && (sha256 == nil || other.sha256 == nil || sha256 == other.sha256)
    }

    /// For messages.
    var text: String { settings + (sha256.map { ", SHA-256 \($0.prefix(8))…" } ?? "") }
}

extension FeatureNetworkIdentity {
    private static let settingsName = "swiffuse_network"
    private static let sha256Name = "swiffuse_network_sha256"
    private static let maximumByteCount = 4096

    /// What an .npz file of this library says; nil for other programs' files.
    ///
    /// - Throws: `DataError` if the texts are damaged.
    static func read(_ file: NPZFile) throws(DataError) -> FeatureNetworkIdentity? {
        guard let settings = try text(settingsName, file) else { return nil }
        return FeatureNetworkIdentity(settings: settings, sha256: try text(sha256Name, file))
    }

    func write(to writer: inout NPZWriter) throws(FileError) {
        for (name, text) in [(Self.settingsName, settings), (Self.sha256Name, sha256 ?? "")] where !text.isEmpty {
            let bytes = Array(text.utf8)
            try writer.begin(name, NPYHeader(.uint8, shape: [bytes.count]))
            try writer.append(bytes)
        }
    }

    private static func text(_ name: String, _ file: NPZFile) throws(DataError) -> String? {
        guard let header = file.headers[name] else { return nil }
        guard header.element == .uint8, header.shape.count == 1, header.shape[0] <= maximumByteCount,
            let text = String(validating: try file.float64(name).map { UInt8($0) }, as: UTF8.self)
        else { throw .malformed(path: file.path, reason: "its array '\(name)' is not a text") }
        return text
    }
}
