import Foundation
import Swiffuse

/// A preset that is trained for a time instead of a number of updates.
struct ZooFamily {
    let recipe: Recipe
    let registry: Registry
    let folder: RunFolder
    let minutes: Double

    private var resultPath: String { folder.path + "/result.json" }

    /// What an earlier run came to, if it was finished.
    func finished(_ judge: ZooJudge) throws -> ZooResult? {
        guard folder.hasCheckpoint, let result = ZooResult(file: resultPath), result.minutes == minutes,
            result.sampleCount == judge.sampleCount
        else { return nil }
        say("\(recipe.name): trained already")
        return result
    }

    func train(_ judge: ZooJudge, on device: any Device) throws -> ZooResult {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let seconds = minutes * 60
        let perUpdate = try TrainingLoop.secondsPerUpdate(of: recipe, registry: registry, on: device)
        let timed = try recipe(for: seconds, secondsPerUpdate: perUpdate)
        say("\(recipe.name): \(minutes) minutes, at most \(timed.training.steps) updates")
        var run = try TrainingRun(timed, registry: registry, folder: folder, start: .overwriting, on: device)
        let clock = ContinuousClock()
        let start = clock.now
        try run.run(
            shouldStop: { clock.now - start >= .seconds(seconds) },
            report: { event in
                guard case .stepped(let step, _) = event, step.step % 100 == 0 else { return }
                say("  update \(step.step), loss \(step.loss)")
            })
        let duration = (clock.now - start) / .seconds(1)
        let (updates, state) = (run.loop.state.step, run.loop.state)
        let store = state.weights(timed.sampling.ema, of: timed.training).store
        let result = ZooResult(
            preset: recipe.name, minutes: minutes, parameterCount: run.loop.state.store.valueCount, updates: updates,
            imagesPerSecond: Double(updates * timed.training.batchSize * timed.training.accumulation) / duration,
            picturesPerSecond: try picturesPerSecond(on: device),
            frechet: try judge.distance(of: run.loop.model, store: store, registry: registry),
            sampleCount: judge.sampleCount)
        try result.write(to: resultPath)
        return result
    }

    /// Draws four pictures of each class from the finished run.
    func draw(to path: String, on device: any Device) throws {
        let (model, state) = try trained(on: device)
        try PNG.write(try SampleGrid(model, registry: registry, rows: 4).draw(from: state), to: path)
    }

    /// The preset with as many updates as the time is good for, so that the learning rate comes to its end.
    private func recipe(for seconds: Double, secondsPerUpdate: Double) throws -> Recipe {
        var recipe = recipe
        recipe.training.steps = max(2, Int(seconds / secondsPerUpdate * 0.97))
        recipe.training.schedule.warmupSteps = min(recipe.training.schedule.warmupSteps, recipe.training.steps / 10)
        recipe.training.checkpointEvery = 0
        recipe.training.sampleEvery = 0
        try recipe.validate(with: registry)
        return recipe
    }

    private func picturesPerSecond(on device: any Device) throws -> Double {
        let (model, state) = try trained(on: device)
        let grid = try SampleGrid(model, registry: registry, rows: 2)
        let duration = try ContinuousClock().measure { _ = try grid.draw(from: state) }
        return 20 / (duration / .seconds(1))
    }

    /// Prints at once, also into a file.
    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    private func trained(on device: any Device) throws -> (DiffusionModel, TrainingState) {
        let checkpoint = try Checkpoint(path: folder.checkpointPath)
        let model = try DiffusionModel(try checkpoint.recipe(registry: registry), registry: registry)
        return (model, try checkpoint.state(of: model, on: device))
    }
}
