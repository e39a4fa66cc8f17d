import Swiffuse

/// The text that a picture carries about its making.
struct PictureLabel {
    let recipe: Recipe
    let step: Int
    var given = GivenPicture.none

    /// Texts for one picture.
    func texts(seed: Int, label: Int?) -> [PNGText] {
        texts(["seed: \(seed)"] + (label.map { ["class: \($0)"] } ?? []))
    }

    /// Texts for many pictures in one.
    func texts(seeds: Range<Int>, labels: [Int]) -> [PNGText] {
        let classes = labels.isEmpty ? [] : ["classes: \(labels.map(String.init).joined(separator: " "))"]
        return texts(["seeds: \(seeds.lowerBound) to \(seeds.upperBound - 1)"] + classes)
    }

    private func texts(_ first: [String]) -> [PNGText] {
        let sampling = recipe.sampling
        var facts =
            first + [
                "steps: \(sampling.grid.steps)", "shift: \(sampling.grid.shift)", "solver: \(sampling.solver.type)",
            ]
        if let scale = sampling.guidance.settings["scale"], let interval = sampling.guidance.settings["interval"] {
            facts += ["guidance: \(scale.canonicalJSON)", "interval: \(interval.canonicalJSON)"]
        } else {
            facts.append("guidance: \(sampling.guidance.type)")
        }
        switch given {
        case .none: break
        case .variation(_, let strength): facts.append("strength: \(strength)")
        case .inpainting(_, _, let strength): facts.append("inpainted, strength: \(strength)")
        case .inversion: facts.append("inverted")
        }
        facts += ["weights: \(weights)", "checkpoint step: \(step)", "recipe: \(recipe.name)"]
        return [PNGText("parameters", facts.joined(separator: ", ")), PNGText("Software", "Swiffuse")]
    }

    private var weights: String {
        switch recipe.sampling.ema {
        case .raw: "raw"
        case .automatic: recipe.training.ema.first.map { "ema \($0)" } ?? "raw"
        case .average(let decay): "ema \(decay)"
        }
    }
}
