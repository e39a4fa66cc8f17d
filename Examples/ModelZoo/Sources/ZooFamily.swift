import Foundation
import Swiffuse

/// A preset that is trained for a time instead of a number of updates.
struct ZooFamily {
    /// The preset, with as many updates as the time is good for, so that the learning rate comes to its end.
    let recipe: Recipe
    let name: String
    private let plan: ZooPlan
    private let registry: Registry
    private let folder: RunFolder

    private var resultPath: String { folder.path + "/result.json" }

    init(_ name: String, _ preset: Recipe, plan: ZooPlan, minutes: Double, registry: Registry, folder: RunFolder) throws
    {
        var recipe = preset
        recipe.training.steps = plan.updates(of: name, minutes: minutes)
        recipe.training.schedule.warmupSteps = min(recipe.training.schedule.warmupSteps, recipe.training.steps / 10)
        recipe.training.checkpointEvery = max(1, recipe.training.steps / 10)
        recipe.training.sampleEvery = 0
        try recipe.validate(with: registry)
        (self.name, self.recipe, self.plan) = (name, recipe, plan)
        (self.registry, self.folder) = (registry, folder)
    }

    /// What the family comes to; what is done already is not done again.
    func result(_ judge: ZooJudge, on device: any Device) throws -> ZooResult {
        if let result = ZooResult(file: resultPath) {
            say("\(name): done already")
            return result
        }
        let run = try trained(on: device)
        let state = run.loop.state
        let store = state.weights(recipe.sampling.ema, of: recipe.training).store
        say("\(name): drawing")
        let result = ZooResult(
            preset: name, parameterCount: state.store.valueCount, updates: state.step,
            imagesPerSecond: plan.imagesPerSecond(of: name, recipe.training),
            picturesPerSecond: try picturesPerSecond(run),
            frechet: try judge.distance(of: run.loop.model, store: store, registry: registry))
        try result.write(to: resultPath)
        return result
    }

    /// Draws four pictures of each class from the finished run.
    func draw(to path: String, on device: any Device) throws {
        let run = try trained(on: device)
        try PNG.write(try SampleGrid(run.loop.model, registry: registry, rows: 4).draw(from: run.loop.state), to: path)
    }

    /// The run at its end, from where it was.
    private func trained(on device: any Device) throws -> TrainingRun {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        var run = try TrainingRun(
            recipe, registry: registry, folder: folder, start: folder.hasCheckpoint ? .resuming : .overwriting,
            on: device)
        if run.loop.isFinished { return run }
        say("\(name): \(recipe.training.steps) updates")
        try run.run(report: { event in
            guard case .stepped(let step, _) = event, step.step % 100 == 0 else { return }
            say("  update \(step.step), loss \(step.loss)")
        })
        return run
    }

    private func picturesPerSecond(_ run: TrainingRun) throws -> Double {
        let grid = try SampleGrid(run.loop.model, registry: registry, rows: 2)
        let duration = try ContinuousClock().measure { _ = try grid.draw(from: run.loop.state) }
        return 20 / (duration / .seconds(1))
    }

    /// Prints at once, also into a file.
    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
