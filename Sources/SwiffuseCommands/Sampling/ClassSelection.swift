import Foundation
import Swiffuse

/// The classes that `--classes` names.
struct ClassSelection {
    /// In the order given; empty for a model without classes.
    let labels: [Int]

    /// - Parameter text: `all`, or numbers and names with commas between; nil for all.
    init(_ text: String?, of recipe: Recipe, registry: Registry) throws {
        guard recipe.classes > 0 else {
            if text != nil { throw UserError("--classes: this model has no classes; leave the flag out") }
            labels = []
            return
        }
        guard let text, text.lowercased() != "all" else {
            labels = Array(0..<recipe.classes)
            return
        }
        var names: [String]?
        labels = try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            let word = word.trimmingCharacters(in: .whitespaces)
            if let number = Int(word) { return try Self.checked(number, of: recipe) }
            if names == nil { names = try Self.names(of: recipe, registry, wanted: word) }
            return try Self.label(of: word, among: names ?? [])
        }
    }

    private static func checked(_ label: Int, of recipe: Recipe) throws -> Int {
        guard (0..<recipe.classes).contains(label) else {
            throw UserError("--classes: found \(label), the model has the classes 0 to \(recipe.classes - 1)")
        }
        return label
    }

    /// The names that the recipe's images give to the classes.
    private static func names(of recipe: Recipe, _ registry: Registry, wanted word: String) throws -> [String] {
        guard recipe.data.type != "none" else {
            throw UserError(
                "--classes: '\(word)' is no number, and the recipe names no images whose classes have names")
        }
        let source = try registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
        do {
            return try source.dataset().classNames
        } catch {
            throw UserError("--classes: '\(word)' is no number, and the names cannot be read: \(error)")
        }
    }

    private static func label(of word: String, among names: [String]) throws -> Int {
        let matches = names.indices.filter { names[$0].lowercased() == word.lowercased() }
        guard let label = matches.first, !word.isEmpty else {
            let known = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
            throw UserError(
                "--classes: no class is called '\(word)'; known: \(known), or numbers from 0 to \(names.count - 1)")
        }
        return label
    }
}
