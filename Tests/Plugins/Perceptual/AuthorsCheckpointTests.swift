import Foundation
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseJiT
import SwiffusePerceptual
import SwiffuseTraining
import Testing

/// Files laid out as the authors' trainer writes them: the network, its average, and REPA's head beside both.
@Suite struct AuthorsCheckpointTests {
    private let tiny: TinyRun
    private let prefix = "state_dict/ema_denoiser."

    init() throws {
        let registry = try Registry(plugins: [StandardParts(), JiTPlugin(), PerceptualPlugin()])
        let encoder = """
            {network: {imageSize: 28, width: 12, depth: 2, headCount: 2}, basePatchSize: 4, weights: {source: random}}
            """
        let loss = "- {type: repa, alignLayer: 1, layer: 1, hiddenWidth: 7, encoder: \(encoder)}"
        tiny = try TinyRun("{steps: 1, ema: []}", losses: loss, registry: registry)
        try tiny.train("run")
    }

    /// - Parameter hasHead: whether the file keeps what only the loss needs.
    private func file(hasHead: Bool) throws -> (path: String, source: SafetensorsFile) {
        let source = try SafetensorsFile(path: tiny.folder("run").checkpointPath)
        var tensors: [(name: String, key: String)] = []
        for name in source.names where !name.hasPrefix("optimizer/") {
            if name.hasPrefix("diffusion_trainer.") {
                if hasHead { tensors.append(("state_dict/" + name, name)) }
            } else {
                tensors += [("state_dict/denoiser." + name, name), (prefix + name, name)]
            }
        }
        let path = tiny.path + "/authors.safetensors"
        let specs = try tensors.map { SafetensorsSpec(name: $0, dtype: .float32, shape: try source.shape(of: $1)) }
        var writer = try SafetensorsWriter(path: path, tensors: specs)
        for (name, key) in tensors { try writer.append(name, try source.float32(of: key)) }
        try writer.finish()
        return (path, source)
    }

    @Test func theHeadBesideTheAverageIsConvertedToo() throws {
        let file = try file(hasHead: true)
        let path = tiny.path + "/converted.safetensors"
        let report = try WeightsExport().write(
            InitialWeights(path: file.path, prefix: prefix), as: tiny.recipe, registry: tiny.registry, to: path)
        #expect(report.isComplete && report.leftOut.isEmpty, "\(report)")
        let copy = try Checkpoint(path: path)
        #expect(try copy.recipe(registry: tiny.registry).losses == tiny.recipe.losses)
        #expect(copy.file.contains("diffusion_trainer.proj.0.4.bias"))
        for name in copy.file.names {
            #expect(try copy.file.float32(of: name) == file.source.float32(of: name), "\(name)")
        }
    }

    @Test func drawingNeedsNoHead() throws {
        let file = try file(hasHead: false)
        let path = tiny.path + "/converted.safetensors"
        let report = try WeightsExport().write(
            InitialWeights(path: file.path, prefix: prefix), as: tiny.recipe, registry: tiny.registry, to: path)
        #expect(report.isComplete && report.leftOut.count == 6, "\(report)")
        #expect("\(report)".contains("6 that only losses need left out: diffusion_trainer.proj.0.0.weight"))
        let copy = try Checkpoint(path: path)
        let recipe = try copy.recipe(registry: tiny.registry)
        #expect(recipe.losses.isEmpty)
        let model = try DiffusionModel(recipe, registry: tiny.registry)
        #expect(copy.file.names == model.scope.parameters.map(\.key))
        let store = try copy.store(.automatic, of: model, on: tiny.device)
        #expect(try store.values[1].scalars() == file.source.float32(of: store.parameters[1].key))
    }

    @Test func trainingBeginsWithTheHeadOfTheFile() throws {
        let path = try file(hasHead: true).path
        for matching in [InitialWeights.Matching.strict, .partial] {
            let run = try tiny.open(
                "new", .overwriting, weights: InitialWeights(path: path, prefix: prefix, matching: matching))
            #expect(run.loadReport?.isComplete == true, "\(String(describing: run.loadReport))")
            let store = run.loop.state.store
            let source = try SafetensorsFile(path: tiny.folder("run").checkpointPath)
            for parameter in store.parameters {
                #expect(try store[parameter].scalars() == source.float32(of: parameter.key), "\(parameter.key)")
            }
        }
    }

    @Test func trainingSaysThatTheHeadIsMissing() throws {
        let path = try file(hasHead: false).path
        let error = #expect(throws: LoadReport.self) {
            try tiny.open("new", weights: InitialWeights(path: path, prefix: prefix))
        }
        #expect(error?.missing.count == 6 && error?.unused.isEmpty == true)
        let run = try tiny.open("new", weights: InitialWeights(path: path, prefix: prefix, matching: .partial))
        #expect(run.loadReport?.missing.count == 6)
    }

    @Test(arguments: ["", "ema_denoiser.", "net.", "state_dict/"])
    func prefixesThatHoldTheModelAreNamed(_ wrong: String) throws {
        let path = try file(hasHead: true).path
        let error = #expect(throws: LoadReport.self) {
            try tiny.open("new", weights: InitialWeights(path: path, prefix: wrong))
        }
        #expect(error?.prefixes == ["state_dict/denoiser.", "state_dict/ema_denoiser."])
        #expect(error.map { "\($0)" }?.contains("'state_dict/denoiser.' or 'state_dict/ema_denoiser.'") == true)
    }

    @Test func copyingNamesSimilarPrefixes() throws {
        let path = try file(hasHead: true).path
        let target = tiny.path + "/copy.safetensors"
        for (wrong, right) in [
            ("ema_denoiser.", ["state_dict/ema_denoiser."]),
            ("blocks.1.", ["state_dict/denoiser.blocks.1.", "state_dict/ema_denoiser.blocks.1."]),
            ("state-dict/", ["state_dict/"]), ("0123456789", []),
        ] {
            #expect(throws: CheckpointError.missingPrefix(path: path, prefix: wrong, similar: right)) {
                try TensorCopy(prefix: wrong).write(path, to: target)
            }
        }
    }
}
