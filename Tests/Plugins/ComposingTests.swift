import Swiffuse
import Testing

/// The programs of the article on composing a model.
@Suite struct ComposingTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 1) }

    @Test func lossesAreDecorated() throws {
        let loss = Gated(Weighted(try FrequencyLoss(), by: 0.5), from: 0.3)
        var random = Philox(seed: 1)
        let images = Tensor.normal([2, 3, 8, 8], using: &random, on: device)
        let predicted = images + 0.5
        let context = LossContext(times: [0.1, 0.9], pass: Pass(ParameterStore([], values: [])))
        let values = try loss.values(of: predicted, reference: images, in: context).scalars()
        let whole = try FrequencyLoss().values(
            of: predicted, reference: images, in: LossContext(times: [0.1, 0.9], pass: context.pass)
        ).scalars()
        // Only the second image counts: the mean over both is its own value, at half weight.
        #expect(values[0] == 0 && abs(values[1] - whole[1]) <= 1e-5 * whole[1])
    }

    @Test func aLoopOfOnesOwn() throws {
        var dit = DiTConfiguration()
        (dit.patchSize, dit.hiddenSize, dit.depth, dit.headCount) = (4, 16, 1, 2)
        let recipe = try Recipe(
            backbone: Part(DiT.self, dit), image: ImageSpec(channels: 1, height: 8, width: 8), classes: 2)
        let model = try DiffusionModel(recipe, registry: Registry.standard)
        let objective = TrainingObjective(model)
        var store = ParameterStore(model.scope, seed: 0, on: device)
        var random = Philox(seed: 2)
        let images = Tensor.normal([4, 1, 8, 8], using: &random, on: device) * 0.5
        let labels = [0, 1, 0, 1]
        var losses: [Float] = []
        let optimizer = AdamW(decays: [0.99])
        var state = optimizer.begin(store)
        for batch in 0..<3 {
            let (loss, gradients) = try store.valueAndGradients { store in
                let loss = objective.loss(images: images, labels: labels, batch: batch, store: store)
                return (loss, loss)
            }
            optimizer.update(&store, &state, gradients: gradients, learningRate: 1e-3)
            losses.append(try loss.scalar())
        }
        #expect(losses.count == 3 && losses.allSatisfy { $0.isFinite && $0 > 0 } && state.step == 3)
    }
}
