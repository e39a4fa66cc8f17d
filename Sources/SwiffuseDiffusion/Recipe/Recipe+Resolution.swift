extension Recipe {
    /// Completes and checks a user's recipe.
    ///
    /// - Parameters:
    ///   - tree: what the user wrote; only `backbone` is needed.
    ///   - overrides: changes from the command line, applied in order before the defaults are filled in.
    ///   - registry: the parts that the recipe may name.
    /// - Throws: `RecipeError` for the first mistake found, across parts too.
    public init(
        _ tree: RecipeValue, overrides: [RecipeOverride] = [], registry: Registry
    ) throws(RecipeError) {
        var tree = tree
        for override in overrides { tree = try tree.applying(override, registry: registry) }
        try self.init(resolving: tree, registry)
        try validate(with: registry)
    }

    /// Reads a recipe from YAML or JSON.
    public init(
        yaml: String, overrides: [RecipeOverride] = [], registry: Registry
    ) throws(RecipeError) {
        try self.init(try RecipeValue(yaml: yaml), overrides: overrides, registry: registry)
    }

    private init(resolving tree: RecipeValue, _ registry: Registry) throws(RecipeError) {
        let sections = try Sections(tree, known: Recipe.sectionNames, at: "")
        let sampling = try Sections(
            sections["sampling"], known: ["solver", "grid", "guidance", "seed", "ema"], at: "sampling")
        let general = try GeneralFields(resolving: sections.only(["name", "classes"]))
        name = general.name
        classes = general.classes
        image = try ImageSpec(resolving: sections["image"], at: "image")
        data = try Recipe.resolveData(sections["data"], registry)
        backbone = try registry.resolve(sections["backbone"], kind: "backbone", at: "backbone")
        target = try registry.resolve(sections["target"], kind: "target", at: "target", fallback: "clean-image")
        path = try registry.resolve(sections["path"], kind: "path", at: "path", fallback: "linear")
        times = try registry.resolve(sections["times"], kind: "times", at: "times", fallback: "logit-normal")
        losses = try Recipe.resolveLosses(sections["losses"], registry)
        training = try TrainingConfiguration(resolving: sections["training"], at: "training")
        let fields = try SamplingFields(resolving: sampling.only(["grid", "seed", "ema"]), at: "sampling")
        self.sampling = SamplingRecipe(
            solver: try registry.resolve(
                sampling["solver"], kind: "solver", at: "sampling.solver", fallback: "heun"),
            grid: fields.grid,
            guidance: try registry.resolve(
                sampling["guidance"], kind: "guidance", at: "sampling.guidance", fallback: "classifier-free"),
            seed: fields.seed, ema: fields.ema)
    }

    private static func resolveData(_ tree: RecipeValue, _ registry: Registry) throws(RecipeError) -> Part {
        let isNone = tree == .null || tree == "none" || tree == ["type": "none"]
        return isNone ? Part(type: "none") : try registry.resolve(tree, kind: "data", at: "data")
    }

    private static func resolveLosses(
        _ tree: RecipeValue, _ registry: Registry
    ) throws(RecipeError) -> [WeightedPart] {
        if tree == .null { return [] }
        guard case .list(let elements) = tree else {
            throw RecipeError(
                .wrongType, at: "losses", "found \(tree.summary), expected a list", advice: "write [] for none")
        }
        var losses: [WeightedPart] = []
        for (index, element) in elements.enumerated() {
            let path = "losses.\(index)"
            var settings = element.map ?? RecipeMap()
            var general = RecipeMap()
            general["weight"] = settings["weight"]
            // A gate that is written, even an empty one, has the paper's threshold; one that is left out is open.
            let gate = try settings["gate"].map { (tree) throws(RecipeError) in
                try GateConfiguration(resolving: tree, at: path + ".gate")
            }
            for key in ["weight", "gate"] { settings[key] = nil }
            let fields = try LossFields(resolving: .map(general), at: path)
            let part = try Recipe.resolveLoss(element.map == nil ? element : .map(settings), registry, at: path)
            losses.append(WeightedPart(part, weight: fields.weight, gate: gate ?? .open))
        }
        return losses
    }

    private static func resolveLoss(
        _ tree: RecipeValue, _ registry: Registry, at path: String
    ) throws(RecipeError) -> Part {
        do {
            return try registry.resolve(tree, kind: "losses", at: path)
        } catch {
            // The part does not know the keys that every loss has.
            let key = tree.map?.entries.first { RecipeError.join(path, Spelling.shortened($0.key)) == error.path }?.key
            guard error.reason == .unknownKey, let key, let type = tree.map?["type"] else { throw error }
            let own = try registry.resolve(["type": type], kind: "losses", at: path).settings.entries.map(\.key)
            throw RecipeValue.unknownKey(key, at: error.path, known: ["type", "weight", "gate"] + own)
        }
    }
}

/// The fields of a recipe that stand alone.
private struct GeneralFields: ComponentConfiguration {
    var name = "untitled"
    var classes = 0

    func validate() throws(RecipeError) {
        try RecipeError.check(
            !name.isEmpty && name.utf8.count <= 200, at: "name", found: name, expected: "1 to 200 characters")
        try RecipeError.check(
            (0...1_000_000).contains(classes), at: "classes", found: classes, expected: "0 to 1000000")
    }
}

/// What every entry of `losses` has besides its gate and its own settings.
private struct LossFields: ComponentConfiguration {
    var weight = 1.0

    func validate() throws(RecipeError) {
        try RecipeError.check((0...1e6).contains(weight), at: "weight", found: weight, expected: "0 to 1000000")
    }
}

/// A map whose keys are known and whose values are looked at one by one.
private struct Sections {
    private let map: RecipeMap

    init(_ tree: RecipeValue, known: [String], at path: String) throws(RecipeError) {
        var empty = RecipeMap()
        for name in known { empty[name] = .null }
        let merged = try tree.merged(over: .map(empty), at: path)
        map = merged.map ?? empty
    }

    subscript(_ name: String) -> RecipeValue { map[name] ?? .null }

    /// The given keys with those values that were written.
    func only(_ names: [String]) -> RecipeValue {
        var part = RecipeMap()
        for name in names where self[name] != .null { part[name] = self[name] }
        return .map(part)
    }
}
