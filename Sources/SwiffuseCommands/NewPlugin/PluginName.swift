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
        let taken = Set(
            registry.entries.flatMap { [$0.plugin, $0.key] } + registry.presets.map(\.name) + ["swiffuse"])
        guard !taken.contains(text) else {
            throw UserError("the name \(text) is taken: a part, preset or plugin is called that; choose another")
        }
        key = text
    }
}
