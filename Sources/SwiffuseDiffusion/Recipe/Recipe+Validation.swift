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
        for (index, loss) in losses.enumerated() {
            try RecipeError.within("losses.\(index).gate") { () throws(RecipeError) in try loss.gate.validate() }
        }
        try validateSolver(with: registry)
        if case .average(let decay) = sampling.ema, !training.ema.contains(decay) {
            throw RecipeError(
                .conflict, at: "sampling.ema", "no running average has the decay \(decay)",
                advice: "training.ema has \(training.ema)")
        }
    }

    /// Solvers that work with scores or predicted images divide by σ, which some paths make 0 at the start.
    private func validateSolver(with registry: Registry) throws(RecipeError) {
        let context = BuildContext(model: model)
        let solver = try registry.make(sampling.solver, as: .solver, in: context, at: "sampling.solver")
        let path = try registry.make(self.path, as: .path, in: context)
        guard !solver.usesPath || path.coefficients(at: 0).sigma > 0 else {
            throw RecipeError(
                .conflict, at: "sampling.solver",
                "\(sampling.solver.type) needs a path with noise at t = 0, which this \(self.path.type) has not",
                advice: "use euler, heun or adams-bashforth, or another path")
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
