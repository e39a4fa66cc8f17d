import Swiffuse

/// Everything that a recipe can say, as a page in Markdown: what the registry knows, so it is never out of date.
struct RecipeReference {
    let registry: Registry
    /// What the settings mean; may be empty.
    let comments: ConfigurationComments

    /// Where a kind of part stands in a recipe, and what it is for, if it is one of this library's.
    private static let places: [String: String] = [
        "backbone": "`backbone:` – the network.",
        "target": "`target:` – what the network's output means, and in which space its error is measured.",
        "path": "`path:` – how noise turns into an image.",
        "times": "`times:` – the times at which a model is trained; 0 is noise, 1 the image.",
        "losses": "`losses:` – a list: losses besides the target's own, each with `weight` and `gate`.",
        "solver": "`sampling.solver:` – how a picture is drawn along the velocities.",
        "guidance": "`sampling.guidance:` – how a picture is pulled towards its condition.",
        "features": "Networks that `swiffuse evaluate` looks through; no part of a recipe.",
        "data": "`data:` – where training images come from; `none` for a model that is only sampled.",
    ]

    /// The page.
    ///
    /// - Throws: `RecipeError` if a default cannot be written.
    func markdown() throws(RecipeError) -> String {
        var lines = [
            "# Recipe reference", "", "Every part that a recipe can name, with its settings and their defaults.", "",
            "## Overview", "",
            "`swiffuse components --reference` prints these tables; with `--sources FOLDER`, a package's, also what the "
                + "settings mean, as here. A part is named by its `type`, or by the type alone if "
                + "all settings keep their defaults: `solver: euler`. A dot in a setting's name leads into a map: "
                + "`schedule.type` is `schedule: {type: …}`.",
        ]
        lines += try general()
        for kind in registry.kinds { lines += section(kind) }
        lines += ["", "## Presets", "", "`swiffuse components preset NAME` prints a preset as a recipe.", ""]
        lines += table(["preset", "what it is"], registry.presets.map { ["`\($0.name)`", $0.summary] })
        return lines.joined(separator: "\n") + "\n"
    }

    /// What is not a part.
    private func general() throws(RecipeError) -> [String] {
        let gate = try GateConfiguration().resolvedTree()
        let grid = try TimeGrid.Configuration().resolvedTree()
        var lines = ["", "## Recipe", ""]
        lines += settings(["name": "untitled", "classes": 0], of: "Recipe")
        lines += ["", "## Image", "", "`image:` – the size of the pictures.", ""]
        lines += settings(try ImageSpec().resolvedTree(), of: "ImageSpec")
        lines += ["", "## Training", "", "`training:` – how a model is trained.", ""]
        lines += settings(try TrainingConfiguration().resolvedTree(), of: "TrainingConfiguration")
        lines += ["", "## Sampling", "", "`sampling:` – how pictures are drawn, besides the solver and guidance.", ""]
        lines += settings(["grid": grid, "seed": 0, "ema": "automatic"], of: "SamplingRecipe")
        lines += [
            "", "## Every loss", "",
            "Besides its own settings, each entry of `losses:` has these; one without `gate` looks at all images.", "",
        ]
        lines += settings(["weight": 1.0, "gate": gate], of: "WeightedPart")
        return lines
    }

    private func section(_ kind: String) -> [String] {
        let entries = registry.entries(of: kind)
        var lines = ["", "## \(kind.prefix(1).uppercased() + kind.dropFirst())", ""]
        lines += [Self.places[kind] ?? "Parts of the kind `\(kind)`.", ""]
        lines += table(["type", "what it is", "plugin"], entries.map { ["`\($0.key)`", $0.summary, $0.plugin] })
        for entry in entries where !(entry.defaults.map?.isEmpty ?? true) {
            lines += ["", "### \(entry.key)", ""]
            // The module's name is no part of the type's.
            let type = entry.configuration.split(separator: ".").dropFirst().joined(separator: ".")
            lines += settings(entry.defaults, of: type)
        }
        return lines
    }

    /// A table of settings with their defaults, and their meaning where it is known.
    private func settings(_ defaults: RecipeValue, of type: String) -> [String] {
        let rows = rows(defaults, of: type, below: "")
        guard !comments.isEmpty else { return table(["setting", "default"], rows.map { Array($0.prefix(2)) }) }
        return table(["setting", "default", "meaning"], rows)
    }

    private func rows(_ defaults: RecipeValue, of type: String, below path: String) -> [[String]] {
        (defaults.map?.entries ?? []).flatMap { key, value -> [[String]] in
            let name = path.isEmpty ? key : "\(path).\(key)"
            if let map = value.map, !map.isEmpty {
                let inner = comments.field(key, of: type)?.type.flatMap { comments.resolve($0, in: type) }
                return rows(value, of: inner ?? "", below: name)
            }
            let text = value.yaml.split(separator: "\n").joined(separator: " ")
            return [["`\(name)`", "`\(text)`", comments.meaning(of: key, in: type)]]
        }
    }

    private func table(_ header: [String], _ rows: [[String]]) -> [String] {
        ([header, header.map { _ in "---" }] + rows).map { row in
            // A bar within a cell would end it.
            let cells = row.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
            return "| " + cells.joined(separator: " | ") + " |"
        }
    }
}

extension Registry {
    /// The kinds of parts that are registered, in order.
    var kinds: [String] {
        var kinds: [String] = []
        for entry in entries where !kinds.contains(entry.kind) { kinds.append(entry.kind) }
        return kinds
    }
}
