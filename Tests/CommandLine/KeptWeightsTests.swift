import Swiffuse
import SwiffuseCommands
import Testing

/// Weights that are kept in 16 bits while pictures are drawn.
@Suite struct KeptWeightsTests {
    private let tiny: TinyRecipe
    private let run: String
    private let checkpoint: Checkpoint
    private let model: DiffusionModel
    private let device: CPUDevice

    init() throws {
        tiny = try TinyRecipe()
        run = try tiny.train(into: "run")
        checkpoint = try Checkpoint(path: RunFolder.checkpointPath(at: run))
        let registry = try Registry.standard(adding: [])
        model = try DiffusionModel(try checkpoint.recipe(registry: registry), registry: registry)
        device = try CPUDevice(threads: 1)
    }

    @Test func weightsOfTwoAxesAreRounded() throws {
        let whole = try checkpoint.store(.raw, of: model, on: device)
        let kept = try checkpoint.store(.raw, of: model, kept: .float16, on: device)
        #expect(kept.parameters.contains { $0.shape.rank == 2 } && kept.parameters.contains { $0.shape.rank != 2 })
        for parameter in kept.parameters {
            let isRounded = parameter.shape.rank == 2
            #expect(kept[parameter].dtype == (isRounded ? .float16 : .float32), "\(parameter.key)")
            #expect(whole[parameter].dtype == .float32)
            let used = Pass(kept)(parameter)
            let expected = try whole[parameter].scalars().map { isRounded ? Float(Float16($0)) : $0 }
            #expect(used.dtype == .float32)
            #expect(try used.scalars() == expected, "\(parameter.key)")
        }
    }

    @Test func weightsBeyond16BitsAreRefused() throws {
        var store = try checkpoint.store(.raw, of: model, on: device)
        let parameter = try #require(store.parameters.first { $0.shape.rank == 2 })
        store[parameter] = store[parameter] * 0 + 70_000
        let path = tiny.folder("large.safetensors")
        try Checkpoint.write(store, of: model.recipe, step: 1, to: path)
        let large = try Checkpoint(path: path)
        #expect(try large.store(.raw, of: model, on: device)[parameter].scalars()[0] == 70_000)
        let refusal = try #require(throws: CheckpointError.self) {
            try large.store(.raw, of: model, kept: .float16, on: device)
        }
        #expect("\(refusal)".contains(parameter.key) && "\(refusal)".contains("70000"), "\(refusal)")
    }

    @Test func theFlagDrawsPictures() throws {
        let outcome = try CommandLineSession().run(
            "sample", run, "--count", "2", "--weight-storage", "float16", "--out", tiny.folder("pictures"))
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(tiny.folder.exists("pictures"))
    }
}
