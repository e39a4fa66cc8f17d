extension Recipe {
    /// Checks that the parts go together; a recipe made by `init(_:registry:)` has passed.
    ///
    /// - Throws: `RecipeError` with the path of the setting to change.
    public func validate(with registry: Registry) throws(RecipeError) {
        try RecipeError.within("image") { () throws(RecipeError) in try image.validate() }
        try RecipeError.within("training") { () throws(RecipeError) in try training.validate() }
        try RecipeError.within("sampling.grid") { () throws(RecipeError) in try sampling.grid.validate() }
        for (part, kind, path) in parts where !(kind == "data" && part.type == "none") {
            try registry.validate(part, kind: kind, for: model, at: path)
        }
        if case .average(let decay) = sampling.ema, !training.ema.contains(decay) {
            throw RecipeError(
                .conflict, at: "sampling.ema", "no running average has the decay \(decay)",
                advice: "training.ema has \(training.ema)")
        }
    }

    /// All parts with their kinds and places.
    private var parts: [(part: Part, kind: String, path: String)] {
        let losses = losses.enumerated().map { (part: $1.part, kind: "losses", path: "losses.\($0)") }
        return [
            (data, "data", "data"), (backbone, "backbone", "backbone"), (target, "target", "target"),
            (path, "path", "path"), (times, "times", "times"), (sampling.solver, "solver", "sampling.solver"),
            (sampling.guidance, "guidance", "sampling.guidance"),
        ] + losses
    }
}
