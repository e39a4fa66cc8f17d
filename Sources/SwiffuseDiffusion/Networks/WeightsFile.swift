import SwiffuseIO

/// Where a frozen network's weights come from.
public struct WeightsFile: ComponentConfiguration, Hashable {
    public enum Source: String, Codable, Sendable, CaseIterable {
        /// The file.
        case file
        /// First values drawn from a fixed seed: for benchmarks and trying things out, it teaches nothing.
        case random
    }

    /// Where the weights come from.
    public var source = Source.file
    /// A PyTorch or safetensors file; empty as long as nobody has said.
    public var file = ""
    /// The file's SHA-256 in hexadecimal digits; a run writes it down when it begins, and other files are refused.
    public var sha256 = ""

    public init() {}

    /// Weights from a file.
    public init(file: String) { self.file = file }

    /// Weights drawn from a fixed seed.
    public static var random: WeightsFile {
        var weights = WeightsFile()
        weights.source = .random
        return weights
    }

    public func validate() throws(RecipeError) {
        try RecipeError.check(
            source == .file || (file.isEmpty && sha256.isEmpty), at: "source", found: source.rawValue,
            expected: "file if a file is named")
        try RecipeError.check(
            sha256.isEmpty || (sha256.utf8.count == 64 && sha256.allSatisfy { $0.isHexDigit && !$0.isUppercase }),
            at: "sha256", found: sha256, expected: "64 lower-case hexadecimal digits, or nothing")
    }
}

extension Recipe {
    /// The recipe with the checksum of every weights file that its losses read; those that are named but not read, such
    /// as heads beside uniform ones, stay as they are.
    ///
    /// - Throws: `RecipeError` if a file cannot be read or is not the one that the recipe names, or if the recipe makes no
    ///   model.
    public func namingWeights(registry: Registry) throws(RecipeError) -> Recipe {
        var recipe = self
        let model = try DiffusionModel(self, registry: registry)
        for (index, loss) in losses.enumerated() {
            let path = "losses.\(index)"
            let sources = model.losses[index].loss.networks.flatMap(\.files)
            let settings = try Self.named(
                .map(loss.part.settings), at: path,
                reading: Set(sources.map { RecipeError.join(path, $0.setting) }))
            recipe.losses[index].part = Part(type: loss.part.type, settings: settings.map ?? RecipeMap())
        }
        return recipe
    }

    private static func named(
        _ tree: RecipeValue, at path: String, reading used: Set<String>
    ) throws(RecipeError) -> RecipeValue {
        guard case .map(var map) = tree else { return tree }
        for (key, value) in map.entries {
            map[key] = try named(value, at: RecipeError.join(path, key), reading: used)
        }
        guard used.contains(path), case .string(let file)? = map["file"], !file.isEmpty,
            case .string(let known)? = map["sha256"]
        else { return .map(map) }
        let found: String
        do {
            found = try SHA256.hexadecimal(ofFile: file)
        } catch {
            throw RecipeError(.invalidValue, at: RecipeError.join(path, "file"), "\(error)")
        }
        guard known.isEmpty || known == found else {
            throw RecipeError(
                .conflict, at: RecipeError.join(path, "sha256"), "\(file) has the checksum \(found), not \(known)",
                advice: "use the file that the run began with, or leave sha256 empty in a new run")
        }
        map["sha256"] = .string(found)
        return .map(map)
    }
}
