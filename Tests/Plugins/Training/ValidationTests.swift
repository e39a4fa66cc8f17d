import Foundation
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseTraining
import Testing

@Suite struct ValidationTests {
    private static let settings = """
        {steps: 7, ema: [0.9], checkpointEvery: 3, validation: {count: 5, every: 3, bins: 2}}
        """

    @Test func lossPerBinGoesIntoTheLogAndTheEvents() throws {
        let tiny = try TinyRun(Self.settings)
        let reports = try tiny.train("run").compactMap { event in
            if case .validated(let report) = event { report } else { nil }
        }
        #expect(reports.map(\.step) == [3, 3, 6, 6, 7, 7])
        #expect(reports.map(\.weights) == ["raw", "ema-0.9", "raw", "ema-0.9", "raw", "ema-0.9"])
        for report in reports {
            // Of five pictures, three belong to the first bin.
            #expect(abs(report.loss - (3 * report.bins[0] + 2 * report.bins[1]) / 5) < 1e-6 * report.loss)
        }
        let lines = try tiny.lines("run/validation.csv")
        #expect(lines[0] == "step,weights,loss,t_0.00_0.50,t_0.50_1.00")
        #expect(lines.dropFirst().count == reports.count)
        #expect(lines[2].hasPrefix("3,ema-0.9,\(reports[1].loss),"))
    }

    @Test func aResumedRunValidatesTheSame() throws {
        let tiny = try TinyRun(Self.settings)
        try tiny.train("whole")
        try tiny.train("parts", until: 4)
        try tiny.train("parts", .resuming)
        #expect(try tiny.bytes("whole/validation.csv") == tiny.bytes("parts/validation.csv"))
        #expect(try tiny.bytes("whole/checkpoint.safetensors") == tiny.bytes("parts/checkpoint.safetensors"))
    }

    @Test func theSameWeightsHaveTheSameLossEveryTime() throws {
        let tiny = try TinyRun(Self.settings)
        let run = try tiny.open("run")
        let model = try DiffusionModel(tiny.recipe, registry: tiny.registry)
        let source = try tiny.registry.make(tiny.recipe.data, as: .data, in: BuildContext(model: tiny.recipe.model))
        let validator = try #require(Validator(model, data: try TrainingData(source, for: tiny.recipe)))
        let first = try validator.report(on: run.loop.state.store, named: "raw", step: 0)
        let second = try validator.report(on: run.loop.state.store, named: "raw", step: 0)
        #expect(first == second)
        #expect(first.loss > 0 && first.bins.count == 2)
    }

    @Test func heldOutPicturesAreNotTrainedOn() throws {
        let tiny = try TinyRun(Self.settings)
        let source = try tiny.registry.make(tiny.recipe.data, as: .data, in: BuildContext(model: tiny.recipe.model))
        let data = try TrainingData(source, for: tiny.recipe)
        let whole = try source.dataset()
        let validation = try #require(data.validation)
        #expect((data.training.count, validation.count) == (9, 5))
        func names(_ dataset: any ImageDataset) -> [String] { (0..<dataset.count).map { dataset.name(at: $0) } }
        #expect(Set(names(data.training)).isDisjoint(with: names(validation)))
        #expect(Set(names(data.training) + names(validation)) == Set(names(whole)))
        for index in 0..<validation.count {
            let original = try #require((0..<whole.count).first { whole.name(at: $0) == validation.name(at: index) })
            #expect(validation.label(at: index) == whole.label(at: original))
            #expect(try validation.image(at: index) == whole.image(at: original))
        }
    }

    @Test func mistakesInTheSplitAreExplained() throws {
        for (settings, path) in [
            ("{count: 3, fraction: 0.1}", "training.validation.fraction"),
            ("{count: 3, bins: 4}", "training.validation.count"),
            ("{count: 3, bins: 2, every: 0}", "training.validation.every"),
            ("{fraction: 1.5}", "training.validation.fraction"),
            ("{weights: [0.5]}", "training.validation.weights.0"),
            ("{weights: [raw, raw]}", "training.validation.weights.1"),
        ] {
            let error = #expect(throws: RecipeError.self) { try TinyRun("{ema: [0.9], validation: \(settings)}") }
            #expect(error?.path == path)
        }
        let tiny = try TinyRun("{validation: {count: 14}}")
        let error = #expect(throws: RecipeError.self) { try tiny.open("run") }
        #expect(error?.path == "training.validation" && error?.problem == "it holds out 14 of 14 pictures")
        #expect(!FileManager.default.fileExists(atPath: tiny.path + "/run"))
    }
}
