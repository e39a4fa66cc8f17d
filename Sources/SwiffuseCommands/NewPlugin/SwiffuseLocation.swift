import Foundation
import SwiffuseIO

/// Where a new package finds Swiffuse.
enum SwiffuseLocation {
    /// A clone on this machine.
    case folder(String)
    /// A repository, at a version or a branch.
    case repository(url: String, requirement: String)

    /// - Throws: `UserError` unless exactly one place is named, and it is one.
    init(path: String?, url: String?, version: String?) throws {
        switch (path, url) {
        case (nil, nil):
            throw UserError("where is Swiffuse? give --swiffuse-path FOLDER (a clone of it) or --swiffuse-url URL")
        case (.some, .some):
            throw UserError("--swiffuse-path and --swiffuse-url name two places; give one of them")
        case (let path?, nil):
            guard version == nil else {
                throw UserError("--swiffuse-version goes with --swiffuse-url; a folder has the version it has")
            }
            self = .folder(try Self.clone(at: path))
        case (nil, let url?):
            self = .repository(url: try Self.checked(url: url), requirement: try Self.requirement(version))
        }
    }

    /// The dependency as a package writes it.
    var dependency: String {
        switch self {
        case .folder(let path):
            """
            // The name matters: without it the folder of the clone would be the package's identity.
                    .package(name: "swiffuse", path: \(Self.literal(path)))
            """
        case .repository(let url, let requirement): ".package(url: \(Self.literal(url)), \(requirement))"
        }
    }

    /// For people.
    var address: String {
        switch self {
        case .folder(let path): path
        case .repository(let url, _): url
        }
    }

    /// What the products' package is called.
    var package: String {
        switch self {
        case .folder: return "swiffuse"
        case .repository(let url, _):
            let name = url.split(separator: "/").last.map(String.init) ?? url
            return name.hasSuffix(".git") ? String(name.dropLast(4)) : name
        }
    }

    private static func clone(at path: String) throws -> String {
        let folder = URL(fileURLWithPath: path).standardizedFileURL.path
        let manifest = folder + "/Package.swift"
        guard access(manifest, F_OK) == 0 else {
            throw UserError("--swiffuse-path: no Package.swift in \(folder); give the folder of a clone of Swiffuse")
        }
        let bytes = try FileContents.read(manifest, maximumByteCount: 1 << 20)
        guard String(decoding: bytes, as: UTF8.self).contains("name: \"swiffuse\"") else {
            throw UserError("--swiffuse-path: \(manifest) is not Swiffuse's; give the folder of a clone of Swiffuse")
        }
        return folder
    }

    private static func checked(url: String) throws -> String {
        let isPlain = url.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F && $0 != "\"" && $0 != "\\" }
        guard isPlain, url.contains("/"), url.contains(":"), let last = url.split(separator: "/").last, last != ".git"
        else {
            throw UserError("--swiffuse-url: '\(url.prefix(80))' is no address; expected https://…/swiffuse")
        }
        return url
    }

    private static func requirement(_ version: String?) throws -> String {
        guard let version else { return "branch: \"main\"" }
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ UInt32($0) != nil }) else {
            throw UserError("--swiffuse-version: '\(version.prefix(40))' is no version; expected three numbers: 0.1.0")
        }
        return "from: \"\(version)\""
    }

    /// A text as Swift source.
    private static func literal(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\\", "\"": "\\\(character)"
            case "\n": "\\n"
            default: String(character)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
