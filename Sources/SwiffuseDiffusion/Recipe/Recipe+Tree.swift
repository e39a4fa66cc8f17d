extension Recipe {
    static let sectionNames = [
        "name", "image", "classes", "data", "backbone", "target", "path", "times", "losses", "training", "sampling",
    ]

    /// The recipe with every default spelled out, in the order of the sections.
    ///
    /// - Throws: `RecipeError` if a number set in code is not finite.
    public func tree() throws(RecipeError) -> RecipeValue {
        var losses: [RecipeValue] = []
        for (index, loss) in self.losses.enumerated() {
            var map = loss.part.tree.map ?? RecipeMap()
            map["weight"] = .number(loss.weight)
            map["gate"] = try RecipeEncoder.encode(loss.gate, at: "losses.\(index).gate")
            losses.append(.map(map))
        }
        let sampling: RecipeValue = [
            "solver": self.sampling.solver.tree,
            "grid": try RecipeEncoder.encode(self.sampling.grid, at: "sampling.grid"),
            "guidance": self.sampling.guidance.tree,
            "seed": .integer(self.sampling.seed),
            "ema": try RecipeEncoder.encode(self.sampling.ema, at: "sampling.ema"),
        ]
        return [
            "name": .string(name),
            "image": try RecipeEncoder.encode(image, at: "image"),
            "classes": .integer(classes),
            "data": data.tree,
            "backbone": backbone.tree,
            "target": target.tree,
            "path": path.tree,
            "times": times.tree,
            "losses": .list(losses),
            "training": try RecipeEncoder.encode(training, at: "training"),
            "sampling": sampling,
        ]
    }
}

extension RecipeValue {
    /// Applies a change; where its path goes through a list that only the defaults have, the default list is copied
    /// first.
    func applying(_ override: RecipeOverride, registry: Registry) throws(RecipeError) -> RecipeValue {
        for (position, key) in override.path.enumerated() where Int(key) != nil && position > 0 {
            let prefix = Array(override.path[..<position])
            guard value(at: prefix) == nil else { break }
            let defaults = try Recipe(self, registry: registry).tree()
            guard let list = defaults.value(at: prefix), list.list != nil else { break }
            let completed = try applying(RecipeOverride(path: prefix, value: list))
            return try completed.applying(override)
        }
        if override.path.last == "type", case .string(let key) = override.value {
            return try retyped(at: Array(override.path.dropLast()), as: key, registry).applying(override)
        }
        return try applying(override)
    }

    /// This tree prepared for another type of part at a path: settings that the new type does not know are left out.
    private func retyped(at path: [String], as key: String, _ registry: Registry) throws(RecipeError) -> RecipeValue {
        switch value(at: path) {
        case .string: return try applying(RecipeOverride(path: path, value: .map(RecipeMap())))
        case .map(let part) where part["type"] != .string(key):
            var known: Set<String> = ["type"]
            for entry in registry.entries where entry.key == key { known.formUnion(entry.defaults.map?.keys ?? []) }
            var kept = RecipeMap()
            for (name, setting) in part.entries where known.contains(name) { kept[name] = setting }
            return try applying(RecipeOverride(path: path, value: .map(kept)))
        default: return self
        }
    }

    /// The value that a path of keys and indices leads to.
    private func value(at path: [String]) -> RecipeValue? {
        path.reduce(Optional(self)) { tree, key in
            switch tree {
            case .map(let map): map[key]
            case .list(let list): Int(key).flatMap { list.indices.contains($0) ? list[$0] : nil }
            default: nil
            }
        }
    }
}
