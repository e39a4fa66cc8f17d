import Foundation
import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseJiT
import SwiffuseTensor
import SwiffuseTraining
import Testing

@Suite struct TrainingTests {
    private let device: CPUDevice
    private let registry: Registry
    private let folder: String

    init() throws {
        device = try CPUDevice()
        registry = try Registry(plugins: [StandardParts(), JiTPlugin()])
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("swiffuse-" + UUID().uuidString).path
        try Self.writePictures(folder + "/images")
    }

    @Test func aResumedRunEndsWithTheSameBytes() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let recipe = try recipe()
        try train(recipe, in: "whole", .new, stoppingAt: .max)
        try train(recipe, in: "parts", .new, stoppingAt: 3)
        try train(recipe, in: "parts", .resuming, stoppingAt: .max)
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/whole/checkpoint.safetensors"))
        let parts = try Data(contentsOf: URL(fileURLWithPath: folder + "/parts/checkpoint.safetensors"))
        #expect(whole == parts)
        let log = try String(contentsOfFile: folder + "/parts/log.csv", encoding: .utf8)
        #expect(log.split(separator: "\n").count == 8)
    }

    /// As after running out of memory.
    @Test func aRunResumesWithASmallerBatch() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recipe = try recipe()
        try train(recipe, in: "run", .new, stoppingAt: 3)
        recipe.training.batchSize = 1
        recipe.training.accumulation = 2
        let losses = try train(recipe, in: "run", .resuming, stoppingAt: .max)
        #expect(losses.count == recipe.training.steps - 3)
        let checkpoint = try Checkpoint(path: folder + "/run/checkpoint.safetensors")
        #expect(try checkpoint.recipe(registry: registry).training.batchSize == 1)
    }

    @Test func trainingLowersTheLossAndDrawsSamples() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recipe = try recipe()
        recipe.training.steps = 60
        recipe.training.sampleEvery = 60
        let losses = try train(recipe, in: "run", .new, stoppingAt: .max)
        let (early, late) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
        #expect(late < 0.7 * early)
        let grid = try PNG.read(folder + "/run/samples/step_0000060.png").image
        #expect(grid.channels == 3 && grid.height == 4 * 10 + 2)
    }

    @Test func anOccupiedFolderAndAnotherRecipeAreRefused() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recipe = try recipe()
        recipe.training.steps = 1
        recipe.training.schedule = ScheduleConfiguration()
        try train(recipe, in: "run", .new, stoppingAt: .max)
        #expect(throws: TrainingError.occupied(path: folder + "/run")) {
            try train(recipe, in: "run", .new, stoppingAt: .max)
        }
        recipe.training.optimizer.learningRate = 0.5
        #expect { try train(recipe, in: "run", .resuming, stoppingAt: .max) } throws: {
            "\($0)".contains("training.optimizer.learningRate was 0.002, is 0.5")
        }
        #expect(throws: TrainingError.nothingToResume(path: folder + "/empty")) {
            try train(recipe, in: "empty", .resuming, stoppingAt: .max)
        }
    }

    @Test func foreignClassCountsAreRefused() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recipe = try recipe()
        recipe.classes = 3
        #expect {
            try train(recipe, in: "run", .new, stoppingAt: .max)
        } throws: {
            "\($0)".contains("classes: the recipe has 3, the data 2")
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }

    @Test func overwritingLeavesNothingOfTheOldRun() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recipe = try recipe()
        recipe.training.sampleEvery = 7
        try train(recipe, in: "run", .new, stoppingAt: .max)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/run/samples").count == 1)
        _ = try TrainingRun(
            recipe, registry: registry, folder: RunFolder(folder + "/run"), start: .overwriting, on: device)
        #expect(!RunFolder(folder + "/run").hasCheckpoint)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/run/samples").isEmpty)
    }

    @Test func scheduleRatesAreTheOfficialOnes() {
        var schedule = ScheduleConfiguration()
        schedule.type = .warmUp
        schedule.warmupSteps = 5
        #expect((0..<7).map { schedule.share(at: $0, of: 100) } == [0, 0.2, 0.4, 0.6, 0.8, 1, 1])
        schedule.type = .cosine
        schedule.decaySteps = 10
        schedule.finalFraction = 0.1
        #expect(schedule.share(at: 90, of: 100) == 1)
        #expect(abs(schedule.share(at: 95, of: 100) - 0.55) < 1e-12)
        #expect(abs(schedule.share(at: 100, of: 100) - 0.1) < 1e-12)
    }

    @discardableResult
    private func train(
        _ recipe: Recipe, in name: String, _ start: TrainingRun.Start, stoppingAt limit: Int
    ) throws -> [Float] {
        var run = try TrainingRun(
            recipe, registry: registry, folder: RunFolder(folder + "/" + name), start: start, on: device)
        var losses: [Float] = []
        var last = 0
        try run.run(shouldStop: { last >= limit }) { event in
            if case .stepped(let report, _) = event {
                losses.append(report.loss)
                last = report.step
            }
        }
        return losses
    }

    private func recipe() throws -> Recipe {
        try Recipe(
            yaml: """
                image: {channels: 3, height: 8, width: 8}
                classes: 2
                data: {type: class-folders, folder: \(folder)/images}
                backbone: {type: jit, patchSize: 4, hiddenSize: 16, depth: 4, headCount: 2, bottleneckSize: 0,
                           inContextLength: 1, inContextStart: 1, projectionDropout: 0.1}
                training:
                  {batchSize: 5, accumulation: 2, steps: 7, logEvery: 1, flip: true, ema: [0.9, 0.5],
                   gradientClipping: 1, optimizer: {learningRate: 0.002}, schedule: {type: cosine, warmupSteps: 2}}
                sampling: {grid: {steps: 3}, guidance: {scale: 2}}
                """, registry: registry)
    }

    /// Two classes of 9 × 11 pictures: bright and dark.
    private static func writePictures(_ folder: String) throws {
        var random = Philox(seed: 5)
        for (name, level) in [("bright", 200), ("dark", 30)] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
            for index in 0..<6 {
                let pixels = (0..<9 * 11 * 3).map { _ in UInt8(level + Int(random.nextUniform() * 40)) }
                try PNG.write(
                    ImageBuffer(width: 9, height: 11, channels: 3, pixels: pixels), to: "\(folder)/\(name)/\(index).png"
                )
            }
        }
    }
}
