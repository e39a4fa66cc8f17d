import Foundation
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseTensor
import SwiffuseTraining
import Testing

@Suite struct InitialWeightsTests {
    /// Writes a float32 file with some tensors of a checkpoint under changed names and shapes.
    private func write(
        _ tiny: TinyRun, to name: String, _ change: (SafetensorsEntry) -> (name: String, shape: [Int])?
    ) throws -> String {
        let file = try SafetensorsFile(path: tiny.folder("run").checkpointPath)
        let kept = file.entries.compactMap { entry in change(entry).map { (entry, $0) } }
        let path = tiny.path + "/" + name
        var writer = try SafetensorsWriter(
            path: path, tensors: kept.map { SafetensorsSpec(name: $1.name, dtype: .float32, shape: $1.shape) })
        for (entry, new) in kept {
            try writer.append(new.name, Array(try file.float32(of: entry.name).prefix(new.shape.reduce(1, *))))
        }
        try writer.finish()
        return path
    }

    private func first(_ run: TrainingRun, _ key: String) throws -> [Float] {
        let store = run.loop.state.store
        return try store[try #require(store.parameters.first { $0.key == key })].scalars()
    }

    @Test func weightsOfARunAreTheBeginningOfAnother() throws {
        let tiny = try TinyRun("{steps: 3, ema: [0.5, 0.9]}")
        try tiny.train("run")
        let path = tiny.folder("run").checkpointPath
        let file = try SafetensorsFile(path: path)
        let key = "blocks.1.attn.qkv.weight"
        for (choice, prefix) in [
            (WeightsChoice.raw, ""), (.automatic, "ema/0.5/"), (.average(decay: 0.9), "ema/0.9/"),
        ] {
            let run = try tiny.open("new", .overwriting, weights: InitialWeights(path: path, choice: choice))
            #expect(run.loadReport?.isComplete == true)
            #expect(try first(run, key) == file.float32(of: prefix + key))
            let state = run.loop.state
            #expect(state.step == 0)
            for average in state.optimizer.averages {
                let parameter = try #require(average.parameters.first { $0.key == key })
                #expect(try average[parameter].scalars() == file.float32(of: prefix + key))
            }
        }
        #expect(throws: CheckpointError.self) {
            try tiny.open("new", .overwriting, weights: InitialWeights(path: path, choice: .average(decay: 0.7)))
        }
    }

    @Test func whatDoesNotMatchIsReported() throws {
        let tiny = try TinyRun("{steps: 1, ema: []}")
        try tiny.train("run")
        let path = try write(tiny, to: "foreign.safetensors") { entry in
            if entry.name.hasPrefix("optimizer/") { return nil }
            switch entry.name {
            case "blocks.0.norm1.weight": return ("net.blocks.0.norm_1.weight", entry.shape)
            case "blocks.1.norm1.weight": return ("net." + entry.name, [3])
            default: return ("net." + entry.name, entry.shape)
            }
        }
        let error = #expect(throws: LoadReport.self) {
            try tiny.open("new", weights: InitialWeights(path: path, prefix: "net."))
        }
        let report = try #require(error)
        #expect(
            report.missing == [.init(key: "net.blocks.0.norm1.weight", nearest: "net.blocks.0.norm_1.weight")])
        #expect(report.unused == ["net.blocks.0.norm_1.weight"])
        #expect(report.mismatched == [.init(key: "net.blocks.1.norm1.weight", found: [3], expected: [16])])
        let words = "1 missing: net.blocks.0.norm1.weight (nearest: net.blocks.0.norm_1.weight)"
        #expect(report.description.contains(words))
        #expect(!FileManager.default.fileExists(atPath: tiny.path + "/new"))

        let run = try tiny.open("new", weights: InitialWeights(path: path, prefix: "net.", matching: .partial))
        #expect(run.loadReport == report)
        let file = try SafetensorsFile(path: path)
        #expect(try first(run, "blocks.0.norm2.weight") == file.float32(of: "net.blocks.0.norm2.weight"))
        #expect(try first(run, "blocks.1.norm1.weight") == [Float](repeating: 1, count: 16))
    }

    @Test func onlyTheMissingNamesThatAreShownComeWithAdvice() throws {
        let tiny = try TinyRun("{steps: 1, ema: []}")
        try tiny.train("run")
        let path = try write(tiny, to: "foreign.safetensors") { entry in
            if entry.name.hasPrefix("optimizer/") { return nil }
            return (entry.name.replacing(".weight", with: ".wght"), entry.shape)
        }
        let error = #expect(throws: LoadReport.self) { try tiny.open("new", weights: InitialWeights(path: path)) }
        let missing = try #require(error).missing
        #expect(missing.count > 3 && missing.prefix(3).allSatisfy { $0.nearest != nil })
        #expect(missing.dropFirst(3).allSatisfy { $0.nearest == nil })
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func weightsThatAreNotFiniteAreRefused(_ value: Float) throws {
        let tiny = try TinyRun("{steps: 1, ema: []}")
        try tiny.train("run")
        let file = try SafetensorsFile(path: tiny.folder("run").checkpointPath)
        let entries = file.entries.filter { !$0.name.hasPrefix("optimizer/") }
        let damaged = ["blocks.0.norm1.weight", "blocks.1.norm1.weight"]
        let path = tiny.path + "/damaged.safetensors"
        var writer = try SafetensorsWriter(
            path: path, tensors: entries.map { SafetensorsSpec(name: $0.name, dtype: .float32, shape: $0.shape) })
        for entry in entries {
            var numbers = try file.float32(of: entry.name)
            if damaged.contains(entry.name) { numbers[numbers.count - 1] = value }
            try writer.append(entry.name, numbers)
        }
        try writer.finish()
        #expect(try SafetensorsFile(path: path).nonFiniteTensors().sorted() == damaged)
        for matching in [InitialWeights.Matching.strict, .partial] {
            let error = #expect(throws: LoadReport.self) {
                try tiny.open("new", weights: InitialWeights(path: path, matching: matching))
            }
            let report = try #require(error)
            #expect(report.nonFinite.sorted() == damaged && report.isComplete)
            #expect(report.description.contains("2 with NaN or infinity: blocks."), "\(report)")
            #expect(report.description.contains("training cannot begin with these"), "\(report)")
        }
        #expect(!FileManager.default.fileExists(atPath: tiny.path + "/new"))
    }

    @Test func aFileWithNothingOfTheModelIsRefusedInAnyCase() throws {
        let tiny = try TinyRun("{steps: 1, ema: []}")
        try tiny.train("run")
        let path = try write(tiny, to: "foreign.safetensors") { ("x." + $0.name, $0.shape) }
        #expect(throws: LoadReport.self) {
            try tiny.open("new", weights: InitialWeights(path: path, matching: .partial))
        }
    }
}
