import Foundation
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseTensor
import SwiffuseTraining
import Testing

@Suite struct PowerFunctionTests {
    @Test func exponentsAreThoseOfThePaper() {
        // Karras et al., section 3: σ_rel of 0.05 and 0.10 are γ of about 16.97 and 6.94.
        #expect(abs(PowerFunction(relativeLength: 0.05).exponent - 16.97) < 0.005)
        #expect(abs(PowerFunction(relativeLength: 0.10).exponent - 6.94) < 0.005)
        for length in [0.001, 0.03, 0.08, 0.2, 0.288] {
            #expect(abs(PowerFunction(relativeLength: length).relativeLength / length - 1) < 1e-12)
        }
    }

    @Test func theDecaysAverageToThePowerFunction() {
        // θ(τ) = τ, so the average is t (γ + 1)/(γ + 2), up to the length of a step.
        let function = PowerFunction(relativeLength: 0.1)
        var average = 0.0
        for step in 1...5000 {
            let decay = function.decay(at: step)
            average = decay * average + (1 - decay) * Double(step)
        }
        let expected = 5000 * (function.exponent + 1) / (function.exponent + 2)
        #expect(abs(average / expected - 1) < 2e-4)
        #expect(function.decay(at: 1) == 0)
    }

    @Test func anAverageMadeAfterwardsIsTheOneTrackedDirectly() throws {
        let settings = "{steps: 240, ema: [], emaSnapshots: {lengths: [0.05, 0.1], every: 20}}"
        let tiny = try TinyRun(settings)
        try tiny.train("run")
        #expect(try tiny.folder("run").snapshotSteps() == Array(stride(from: 20, through: 240, by: 20)))
        let made = try PostHocAverage(length: 0.08, of: tiny.folder("run"), registry: tiny.registry)
            .store(on: tiny.device)
        tiny.recipe.training.emaSnapshots.lengths = [0.08]
        try tiny.train("direct")
        let direct = try SafetensorsFile(path: tiny.folder("direct").checkpointPath)
        var (difference, size, distance) = (0.0, 0.0, 0.0)
        for parameter in made.parameters where parameter.isTrainable {
            let tracked = try direct.float32(of: "power/0.08/" + parameter.key)
            let raw = try direct.float32(of: parameter.key)
            for (index, value) in try made[parameter].scalars().enumerated() {
                difference += pow(Double(value - tracked[index]), 2)
                size += pow(Double(tracked[index]), 2)
                distance += pow(Double(raw[index] - tracked[index]), 2)
            }
        }
        // With 12 snapshots of a larger model 2·10⁻⁴ was measured, with 200 of them 2·10⁻⁷.
        let (relative, share) = ((difference / size).squareRoot(), (difference / distance).squareRoot())
        #expect(relative < 1e-3, "relative error \(relative)")
        #expect(share < 0.05, "\(share) of the distance to the raw parameters")
    }

    @Test func snapshotsOfHalfTheSizeAreGoodEnough() throws {
        let tiny = try TinyRun("{steps: 60, ema: [], emaSnapshots: {lengths: [0.05, 0.1], every: 10}}")
        try tiny.train("full")
        tiny.recipe.training.emaSnapshots.storage = .float16
        try tiny.train("half")
        let size = try tiny.bytes("full/snapshots/step-0000010.safetensors").count
        #expect(try tiny.bytes("half/snapshots/step-0000010.safetensors").count < size * 6 / 10)
        let stores = try ["full", "half"].map { name in
            try PostHocAverage(length: 0.12, of: tiny.folder(name), registry: tiny.registry).store(on: tiny.device)
        }
        for (a, b) in zip(stores[0].values, stores[1].values) {
            for (x, y) in zip(try a.scalars(), try b.scalars()) {
                // Rounding to 2⁻¹¹, of several summands with factors around 1.
                #expect(abs(x - y) <= 8 * 0x1p-11 * max(abs(x), 0.01))
            }
        }
    }

    @Test func averagesSurviveAnInterruption() throws {
        let tiny = try TinyRun("{steps: 9, ema: [0.9], emaSnapshots: {lengths: [0.05, 0.1], every: 4}}")
        try tiny.train("whole")
        try tiny.train("parts", until: 5)
        try tiny.train("parts", .resuming)
        #expect(try tiny.bytes("whole/checkpoint.safetensors") == tiny.bytes("parts/checkpoint.safetensors"))
        for step in ["0000004", "0000008", "0000009"] {
            let name = "/snapshots/step-\(step).safetensors"
            #expect(try tiny.bytes("whole" + name) == tiny.bytes("parts" + name))
        }
    }

    @Test func theAverageIsACheckpointToDrawWith() throws {
        let tiny = try TinyRun("{steps: 6, ema: [0.9], emaSnapshots: {lengths: [0.05, 0.1], every: 2}}")
        try tiny.train("run")
        let path = tiny.path + "/average.safetensors"
        try PostHocAverage(length: 0.07, of: tiny.folder("run"), registry: tiny.registry)
            .write(to: path, on: tiny.device)
        let checkpoint = try Checkpoint(path: path)
        let model = try DiffusionModel(try checkpoint.recipe(registry: tiny.registry), registry: tiny.registry)
        let store = try checkpoint.store(.automatic, of: model, on: tiny.device)
        #expect(checkpoint.step == 6 && store.parameters.count == checkpoint.file.entries.count)
    }

    @Test func runsWithoutSnapshotsAreRefused() throws {
        let tiny = try TinyRun("{steps: 1, ema: []}")
        try tiny.train("run")
        #expect(throws: AverageError.nothingStored(path: tiny.folder("run").path)) {
            try PostHocAverage(length: 0.07, of: tiny.folder("run"), registry: tiny.registry)
        }
        #expect(throws: AverageError.length(0.5)) {
            try PostHocAverage(length: 0.5, of: tiny.folder("run"), registry: tiny.registry)
        }
    }
}
