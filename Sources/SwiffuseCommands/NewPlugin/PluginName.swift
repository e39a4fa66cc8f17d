import Swiffuse

/// The name of a plugin to be written: `ring-mixer`, from which `RingMixer` follows.
struct PluginName {
    /// What a recipe writes behind `type:`, in kebab case.
    let key: String

    /// In the names of types.
    var type: String {
        key.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// The library's module; not the name of a type in it, which would hide the module.
    var module: String { type + "Parts" }

    /// Packages that a plugin's own stands beside.
    private static let packages = ["swiffuse", "yams", "swift-argument-parser"]

    /// - Parameters:
    ///   - text: what the user typed.
    ///   - registry: whose names are taken.
    /// - Throws: `UserError` if the name cannot be used.
    init(_ text: String, registry: Registry) throws {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let isKebab = words.allSatisfy { word in
            (word.first.map { letters.contains($0) } ?? false)
                && word.allSatisfy { letters.contains($0) || "0123456789".contains($0) }
        }
        guard isKebab && text.utf8.count <= 40 else {
            throw UserError(
                "a plugin cannot be called '\(text.prefix(60))'; use words of lowercase letters and digits, each "
                    + "beginning with a letter, joined by dashes, as in ring-mixer (at most 40 characters)")
        }
        let known = registry.entries.flatMap { [$0.plugin, $0.key] } + registry.presets.map(\.name) + Self.packages
        // Type names have no dashes: pix-nerd and pixnerd would be the same.
        func plain(_ name: String) -> String { name.lowercased().filter { $0 != "-" } }
        guard !known.contains(where: { plain($0) == plain(text) }) else {
            throw UserError(
                "the name \(text) is taken: a part, preset, plugin or package is called that; choose another")
        }
        key = text
    }
}
