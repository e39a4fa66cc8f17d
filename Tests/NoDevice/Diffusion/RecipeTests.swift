import SwiffuseDiffusion
import Testing

@Suite struct RecipeTests {
    private func registry() throws -> Registry { try Registry(plugins: [StandardParts(), FlatPlugin()]) }

    private func recipe(_ yaml: String, _ overrides: [String] = []) throws -> Recipe {
        let overrides = try overrides.map { try RecipeOverride($0) }
        return try Recipe(yaml: yaml, overrides: overrides, registry: try registry())
    }

    @Test func onlyTheBackboneIsNeeded() throws {
        let recipe = try recipe("backbone: flat")
        #expect(recipe.target.tree["loss"] == "velocity")
        #expect(recipe.times.tree == ["type": "logit-normal", "mean": -0.8, "deviation": 0.8, "shift": 1.0])
        #expect(recipe.sampling.solver.type == "heun")
        #expect(recipe.sampling.guidance.settings["interval"] == [0.1, 1.0])
        #expect(recipe.training.ema == [0.9999])
        #expect(recipe.data.type == "none")
        let error = #expect(throws: RecipeError.self) { try self.recipe("name: x") }
        #expect(error?.path == "backbone.type")
    }

    @Test func aResolvedRecipeResolvesToItself() throws {
        let recipe = try recipe(
            """
            name: "silly: one"
            image: {channels: 1, height: 6, width: 8}
            classes: 10
            backbone: {type: flat, patch: 4, level: -1}
            target: {type: noise, loss: noise}
            path: {type: gvp, variant: official}
            times: {type: uniform, shift: 2}
            training:
              ema: [0.999, 0.9]
              schedule: {type: cosine, warmupSteps: 5, decaySteps: 10}
            sampling:
              solver: {type: adams-bashforth, order: 3}
              grid: {steps: 7, lastStep: 0.04}
              guidance: {type: classifier-free, scale: 3, interval: [0, 0.9], convention: jit}
              ema: 0.9
            """)
        let tree = try recipe.tree()
        #expect(try Recipe(tree, registry: try registry()) == recipe)
        #expect(try Recipe(yaml: tree.yaml, registry: try registry()) == recipe)
        let again = try Recipe(yaml: tree.canonicalJSON, registry: try registry())
        #expect(try again.tree().canonicalJSON == tree.canonicalJSON)
        #expect(tree["sampling"]?["grid"]?["lastStep"] == 0.04)
    }

    @Test func overridesReachDefaultsAndParts() throws {
        let recipe = try recipe(
            "backbone: {type: flat}",
            ["training.batchSize=64", "sampling.guidance.interval.1=0.9", "sampling.solver=euler", "training.ema=[]"])
        #expect(recipe.training.batchSize == 64)
        #expect(recipe.sampling.guidance.settings["interval"] == [0.1, 0.9])
        #expect(recipe.sampling.solver.type == "euler")
        #expect(recipe.training.ema == [])
    }

    @Test(arguments: [
        ("backbon: flat", "backbon: unknown key; did you mean backbone?"),
        ("backbone: {type: flat, levle: 1}", "backbone.levle: unknown key; did you mean level?"),
        ("backbone: {type: flat, patch: 3}", "backbone.patch: the width 256 is not divisible by 3"),
        ("backbone: {type: flat, patch: 0}", "backbone.patch: found 0, expected 1 or more"),
        ("backbone: flat\nimage: {channels: 0}", "image.channels: found 0, expected 1 to 64"),
        ("backbone: flat\nclasses: -1", "classes: found -1"),
        ("backbone: flat\ntraining: {optimizer: {learningRate: fast}}", "optimizer.learningRate: found the text"),
        ("backbone: flat\ntraining: {batchSize: 0}", "training.batchSize: found 0, expected 1 to 65536"),
        ("backbone: flat\ntraining: {ema: [0.9, 1]}", "training.ema.1: found 1.0"),
        ("backbone: flat\ntraining: {schedule: {type: cosine, warmupSteps: 300000}}", "training.schedule.warmupSteps"),
        ("backbone: flat\nsampling: {ema: 0.5}", "sampling.ema: no running average has the decay 0.5"),
        ("backbone: flat\nsampling: {ema: best}", "sampling.ema: expected automatic, raw or"),
        ("backbone: flat\nsampling: {grid: {steps: 0}}", "sampling.grid.steps: found 0"),
        ("backbone: flat\nsampling: {grid: {lastStep: 2}}", "sampling.grid.lastStep: found 2.0"),
        ("backbone: flat\nsampling: {guidance: {interval: [0.9, 0.1]}}", "guidance.interval: found [0.9, 0.1]"),
        ("backbone: flat\nsampling: {guidance: {scale: 1e9}}", "sampling.guidance.scale"),
        ("backbone: flat\nlosses: [{type: lpips, weight: 0.1}]", "losses.0.type: no loss is called \"lpips\""),
        ("backbone: flat\nlosses: lpips", "losses: found the text \"lpips\", expected a list"),
        ("backbone: flat\ndata: mnist", "data.type: no data is called \"mnist\""),
        ("backbone: [1]", "backbone: found a list of 1, expected a map with type: …"),
        ("[1]", "recipe: found a list of 1, expected a map"),
    ])
    func mistakesAreNamedWithTheirPlace(yaml: String, message: String) {
        let error = #expect(throws: RecipeError.self) { try recipe(yaml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
