import Foundation
import Swiffuse

/// Where a command's recipe comes from: a preset's name or a YAML file.
struct RecipeSource {
    let argument: String
    /// `a.b=c`, as typed.
    let changes: [String]

    func recipe(from registry: Registry) throws -> Recipe {
        let overrides = try changes.map { change in try RecipeOverride(change) }
        if let preset = registry.presets.first(where: { $0.name == argument }) {
            return try preset.recipe(overrides: overrides, registry: registry)
        }
        guard access(argument, F_OK) == 0 else { throw unknown(in: registry) }
        let bytes = try FileContents.read(argument, maximumByteCount: 1 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw UserError("\(argument): not UTF-8 text; expected a recipe in YAML")
        }
        do {
            return try Recipe(yaml: text, overrides: overrides, registry: registry)
        } catch {
            throw UserError("\(argument): \(error)")
        }
    }

    private func unknown(in registry: Registry) -> UserError {
        let looksLikeFile = argument.contains("/") || argument.contains(".")
        if looksLikeFile { return UserError("cannot open \(argument): no such file; check the path") }
        do throws(RecipeError) {
            _ = try registry.preset(argument)
            return UserError("no recipe is called '\(argument)'")
        } catch {
            return UserError("\(error.problem), and there is no such file; \(error.advice)")
        }
    }
}
