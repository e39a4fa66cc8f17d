import SwiffuseDiffusion
import SwiffuseTensor
import SwiffuseTraining
import Testing

@Suite struct FinitenessTests {
    /// A loop whose state has one value replaced.
    private func loop(_ tiny: TinyRun, replacing key: String, by value: Float) throws -> TrainingLoop {
        let model = try DiffusionModel(tiny.recipe, registry: tiny.registry)
        var state = TrainingState(
            model.scope, seed: 0, optimizer: tiny.recipe.training.adamW, on: tiny.device)
        let parameter = try #require(model.scope.parameters.first { $0.key == key })
        state.store[parameter] = Tensor.filled(value, shape: parameter.shape, on: tiny.device)
        let source = try tiny.registry.make(tiny.recipe.data, as: .data, in: BuildContext(model: tiny.recipe.model))
        return try TrainingLoop(model, state: state, source: source)
    }

    @Test func aLossThatIsNotANumberNamesTermAndParameter() throws {
        let tiny = try TinyRun("{steps: 3, ema: []}")
        var loop = try loop(tiny, replacing: "final_layer.linear.bias", by: .nan)
        let place = NonFiniteValue.Place.loss(term: "clean-image", parameter: "final_layer.linear.bias")
        let expected = TrainingError.notFinite(NonFiniteValue(place, value: .nan, step: 1))
        #expect(throws: expected) { try loop.step() }
        #expect(loop.state.step == 0)
        #expect(
            expected.description
                == "the loss term 'clean-image' is nan at step 1, after the parameter final_layer.linear.bias stopped "
                + "being finite; try a lower learning rate, a warm-up, or gradient clipping")
    }

    @Test func aGradientThatOverflowsNamesItsParameter() throws {
        let tiny = try TinyRun("{steps: 3, ema: []}")
        // The loss is about 4·10³⁷ and finite; the gradient of the layer before it is not.
        var loop = try loop(tiny, replacing: "final_layer.linear.weight", by: 1e18)
        let before = try loop.state.store.values.map { try $0.scalars() }
        let error = #expect(throws: TrainingError.self) { try loop.step() }
        guard case .notFinite(let value) = error, value.step == 1 else {
            Issue.record("\(String(describing: error))")
            return
        }
        switch value.place {
        case .gradient(let parameter, let terms):
            #expect(!parameter.isEmpty && terms.hasPrefix("loss: clean-image "))
        case .loss(let term, let parameter): #expect(term == "clean-image" && parameter == nil)
        case .stored: Issue.record("nothing was stored")
        }
        #expect(try loop.state.store.values.map { try $0.scalars() } == before)
        #expect(loop.state.step == 0)
    }

    @Test func valuesThatAreNotFiniteAreNotSaved() throws {
        let tiny = try TinyRun("{steps: 2, ema: []}")
        try tiny.train("run")
        let before = try tiny.bytes("run/checkpoint.safetensors")
        let state = try loop(tiny, replacing: "final_layer.linear.bias", by: .infinity).state
        let value = NonFiniteValue(.stored("final_layer.linear.bias"), value: .infinity, step: 0)
        #expect(throws: TrainingError.notFinite(value)) {
            try Checkpoint.write(state, of: tiny.recipe, to: tiny.folder("run").checkpointPath)
        }
        #expect(try tiny.bytes("run/checkpoint.safetensors") == before)
    }
}
