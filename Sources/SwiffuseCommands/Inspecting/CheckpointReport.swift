import Swiffuse

/// What `info` prints about a checkpoint, or another file of tensors.
struct CheckpointReport {
    private let file: SafetensorsFile
    /// nil for files that this library did not write.
    private let checkpoint: Checkpoint?

    init(path: String) throws {
        file = try SafetensorsFile(path: path)
        checkpoint = try? Checkpoint(path: path)
    }

    /// The recipe in the order of its sections; as it is stored if it names parts that this program lacks.
    func recipeText(registry: Registry) throws -> String {
        guard let checkpoint else { throw UserError("--recipe: \(file.path) carries no recipe") }
        let recipe = try? checkpoint.recipe(registry: registry)
        return try (recipe?.tree() ?? checkpoint.recipeTree()).yaml
    }

    func lines() throws -> [String] {
        let count = file.entries.reduce(0) { $0 + $1.elementCount }
        let kind = checkpoint.map { "a checkpoint after step \($0.step)" } ?? otherKind
        let facts = "\(Amount.count(file.entries.count, "tensor")), \(Amount.count(count, "value"))"
        let hash = "SHA-256 \(try SHA256.hexadecimal(ofFile: file.path))"
        let title = ["\(file.path): \(kind)", "  \(facts)", "  \(hash)", ""]
        return title + (try summary()) + ["parts"] + (try partLines())
    }

    private var otherKind: String {
        guard EncoderFile.isEncoder(file) else { return "a safetensors file without a recipe" }
        return "an encoder" + (EncoderFile.summary(of: file).map { ", \($0.printable)" } ?? "")
    }

    private func summary() throws -> [String] {
        guard let tree = try checkpoint?.recipeTree().map else { return [] }
        func text(_ path: String...) -> String? {
            var value: RecipeValue? = .map(tree)
            for key in path { value = value?.map?[key] }
            return value.map { $0.string ?? $0.canonicalJSON }
        }
        var table = Table([.left, .left])
        let rows = [
            ("recipe", text("name")), ("image", text("image")), ("classes", text("classes")),
            ("backbone", text("backbone", "type")), ("target", text("target", "type")),
            ("updates planned", text("training", "steps")), ("running averages", text("training", "ema")),
            ("power-function averages", text("training", "emaSnapshots", "lengths")),
        ]
        for (name, value) in rows { if let value { table.add([name, value.printable]) } }
        return table.lines(indentation: 2) + [""]
    }

    private func partLines() throws -> [String] {
        var table = Table([.left, .right, .right, .left, .left])
        for part in Self.parts(of: file) {
            var hash = SHA256()
            var count = 0
            for entry in part.entries {
                try file.withBytes(of: entry.name) { hash.add($0) }
                count += entry.elementCount
            }
            let types = Set(part.entries.map(\.dtype.rawValue)).sorted().joined(separator: " ")
            let counts = [Amount.count(part.entries.count, "tensor"), Amount.count(count)]
            table.add([part.name.printable] + counts + [types, hash.hexadecimal])
        }
        return table.lines(indentation: 2)
    }

    /// Tensors by what stands before the last slash in their names, in the order of the file.
    private static func parts(of file: SafetensorsFile) -> [(name: String, entries: [SafetensorsEntry])] {
        var parts: [(name: String, entries: [SafetensorsEntry])] = []
        var indices: [String: Int] = [:]
        for entry in file.entries {
            let prefix = entry.name.lastIndex(of: "/").map { String(entry.name[..<$0]) } ?? "parameters"
            if let index = indices[prefix] {
                parts[index].entries.append(entry)
            } else {
                indices[prefix] = parts.count
                parts.append((prefix, [entry]))
            }
        }
        return parts
    }
}
