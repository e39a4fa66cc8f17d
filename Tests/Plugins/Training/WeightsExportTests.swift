import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseTraining
import Testing

@Suite struct WeightsExportTests {
    private func trained() throws -> (TinyRun, Checkpoint) {
        let tiny = try TinyRun("{steps: 3, ema: [0.5]}")
        try tiny.train("run")
        return (tiny, try Checkpoint(path: tiny.folder("run").checkpointPath))
    }

    @Test func weightsAreExactAndCanBeDrawnWith() throws {
        let (tiny, checkpoint) = try trained()
        let path = tiny.path + "/weights.safetensors"
        try WeightsExport().write(checkpoint, registry: tiny.registry, to: path)
        let copy = try Checkpoint(path: path)
        let model = try DiffusionModel(try copy.recipe(registry: tiny.registry), registry: tiny.registry)
        #expect(copy.step == 3 && copy.file.names == model.scope.parameters.map(\.key))
        for parameter in model.scope.parameters {
            let source = parameter.isTrainable ? "ema/0.5/" + parameter.key : parameter.key
            #expect(try copy.file.float32(of: parameter.key) == checkpoint.file.float32(of: source))
        }
        let store = try copy.store(.automatic, of: model, on: tiny.device)
        #expect(try store.values[1].scalars() == copy.file.float32(of: store.parameters[1].key))
    }

    @Test(arguments: [(WeightsStorage.float16, 0x1p-11), (.bfloat16, 0x1p-8)])
    func smallerTypesRoundToNearest(_ storage: WeightsStorage, _ error: Double) throws {
        let (tiny, checkpoint) = try trained()
        let path = tiny.path + "/weights.safetensors"
        try WeightsExport(.raw, storage: storage, prefix: "net.").write(checkpoint, registry: tiny.registry, to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata.isEmpty)
        for name in file.names {
            let original = try checkpoint.file.float32(of: String(name.dropFirst("net.".count)))
            for (stored, value) in zip(try file.float32(of: name), original) {
                // Below 2⁻¹⁴, float16 has absolute steps of 2⁻²⁴.
                #expect(abs(Double(stored - value)) <= max(Double(abs(value)) * error, 0x1p-25))
            }
        }
    }

    @Test func halfAFileIsEnoughToDraw() throws {
        let (tiny, checkpoint) = try trained()
        let path = tiny.path + "/weights.safetensors"
        try WeightsExport(storage: .bfloat16).write(checkpoint, registry: tiny.registry, to: path)
        let copy = try Checkpoint(path: path)
        let model = try DiffusionModel(try copy.recipe(registry: tiny.registry), registry: tiny.registry)
        let store = try copy.store(.automatic, of: model, on: tiny.device)
        #expect(try store.values[1].scalars() == copy.file.float32(of: store.parameters[1].key))
    }

    @Test func unknownAveragesAreRefused() throws {
        let (tiny, checkpoint) = try trained()
        #expect(throws: RecipeError.self) {
            try WeightsExport(.average(decay: 0.7)).write(
                checkpoint, registry: tiny.registry, to: tiny.path + "/weights.safetensors")
        }
    }
}
