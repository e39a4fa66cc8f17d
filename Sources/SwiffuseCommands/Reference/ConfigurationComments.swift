import Foundation
import SwiffuseIO

/// What Swift sources say about the fields of configurations: their doc comments, and the values that enumerations
/// allow.
///
/// A reader of lines, not of Swift: it relies on one declaration per line, indented by depth, as swift-format writes.
struct ConfigurationComments {
    /// A field of a type.
    struct Field: Equatable {
        var comment = ""
        /// The type of its value, if the declaration says it: `OptimizerConfiguration`.
        var type: String?
    }

    private var fields: [String: [String: Field]] = [:]
    private var types: [String: String] = [:]
    private var cases: [String: [String]] = [:]
    /// Enumerations whose cases carry values.
    private var openEnumerations: Set<String> = []

    init() {}

    /// Reads all Swift files below a package's `Sources` and `Plugins`.
    ///
    /// - Throws: `UserError` if there are none, or `FileError`.
    init(package folder: String) throws {
        for part in ["Sources", "Plugins"] {
            let root = folder + "/" + part
            let files = FileManager.default.enumerator(atPath: root)
            while let file = files?.nextObject() as? String {
                guard file.hasSuffix(".swift") else { continue }
                let bytes = try FileContents.read(root + "/" + file, maximumByteCount: 1 << 20)
                read(String(decoding: bytes, as: UTF8.self))
            }
        }
        guard !types.isEmpty else {
            throw UserError("--sources: no Swift sources in \(folder)/Sources or \(folder)/Plugins; name a package")
        }
    }

    /// Whether nothing was read.
    var isEmpty: Bool { types.isEmpty }

    /// A field of a type, which is named with the types around it.
    func field(_ name: String, of type: String) -> Field? { fields[type]?[name] }

    /// What a field means: its own comment, or that of its type, and the values that it may have.
    func meaning(of name: String, in type: String) -> String {
        guard let field = field(name, of: type) else { return "" }
        let inner = field.type.flatMap { resolve($0, in: type) }
        let comment = field.comment.isEmpty ? inner.flatMap { types[$0] } ?? "" : field.comment
        guard let inner, let values = cases[inner], !openEnumerations.contains(inner) else { return comment }
        return comment + (comment.isEmpty ? "" : " ") + "(" + values.map { "`\($0)`" }.joined(separator: ", ") + ")"
    }

    /// The full name of a type that is used within another.
    func resolve(_ name: String, in type: String) -> String? {
        var scope = type.split(separator: ".").map(String.init)
        while true {
            let full = (scope + [name]).joined(separator: ".")
            if types[full] != nil { return full }
            if scope.isEmpty { return nil }
            scope.removeLast()
        }
    }

    /// Reads the declarations of a file.
    mutating func read(_ source: String) {
        var scopes: [(name: String, indentation: Int)] = []
        var comment: [String] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("///") {
                comment.append(text.dropFirst(3).trimmingCharacters(in: .whitespaces))
                continue
            }
            let indentation = line.count - text.count
            if !text.isEmpty { scopes.removeAll { $0.indentation >= indentation } }
            if let name = read(text, in: scopes.map(\.name), comment: Self.summary(comment)) {
                scopes.append((name, indentation))
            }
            comment = []
        }
    }

    /// Reads one line; returns the name of the type that it opens.
    private mutating func read(_ text: Substring, in scopes: [String], comment: String) -> String? {
        let modifiers: Set = ["public", "private", "fileprivate", "package", "internal", "final", "indirect"]
        let words = text.split(whereSeparator: { " :({<,=".contains($0) }).map(String.init).drop(
            while: modifiers.contains)
        guard let keyword = words.first, let name = words.dropFirst().first else { return nil }
        let path = scopes.joined(separator: ".")
        switch keyword {
        case "struct", "enum", "class", "protocol":
            types[(scopes + [name]).joined(separator: ".")] = comment
            return name
        case "extension":
            return name
        case "var", "let":
            let field = Field(comment: comment, type: Self.type(of: String(text)))
            fields[path, default: [:]][name] = field
        case "case" where Self.declaresCase(text):
            if text.contains("(") { openEnumerations.insert(path) }
            cases[path, default: []] += Self.rawValues(text.dropFirst(5))
        default: break
        }
        return nil
    }

    /// Whether a line with `case` belongs to an enumeration, not to a switch: no pattern, and no colon outside brackets.
    private static func declaresCase(_ text: Substring) -> Bool {
        let rest = text.dropFirst("case ".count)
        return (rest.first?.isLetter ?? false) && !rest.prefix { $0 != "(" }.contains(":")
            && !rest.hasPrefix("let ") && !rest.hasPrefix("is ")
    }

    /// A comment's first paragraph.
    private static func summary(_ comment: [String]) -> String {
        comment.prefix { !$0.isEmpty && !$0.hasPrefix("- ") }.joined(separator: " ")
    }

    /// `Name` in `var x = Name()`, `var x = Name.value` and `var x: Name`.
    private static func type(of declaration: String) -> String? {
        let sides = declaration.components(separatedBy: " = ")
        if let colon = sides[0].firstIndex(of: ":") {
            return sides[0][sides[0].index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        guard sides.count > 1 else { return nil }
        let start = sides[1].prefix { $0.isLetter || $0.isNumber || $0 == "." }
        // `Name.Nested()` is a type throughout; `Name.value` is a value of one.
        let parts = start.split(separator: ".").prefix { $0.first?.isUppercase ?? false }
        return parts.isEmpty ? nil : parts.joined(separator: ".")
    }

    /// `a, b = "c"` as a and c.
    private static func rawValues(_ text: Substring) -> [String] {
        text.split(separator: ",").map { part in
            let sides = part.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
            return sides.count > 1 ? sides[1].trimmingCharacters(in: ["\""]) : sides[0]
        }
    }
}
