import Swiffuse
import Testing

/// Every registered backbone goes with every target, path, time sampler and solver, or one sentence says why not.
@Suite struct PairingTests {
    /// Parts that a recipe puts together.
    private struct Pairing {
        let backbone: String
        let target: String
        let path: String
        let times: String
        let solver: String
    }

    private let registry: Registry
    private let device: CPUDevice

    init() throws {
        registry = try Registry.standard
        device = try CPUDevice(threads: 2)
    }

    @Test func pairingsBuildOrSayWhyNot() throws {
        var (built, refused) = (0, 0)
        for pairing in pairings {
            do {
                let model = try DiffusionModel(try recipe(pairing), registry: registry)
                let cost = try CostEstimate(model, registry: registry, kernels: device.kernels, samplingBatch: 2)
                #expect(cost.updateOperations > 0 && cost.samplingOperations > 0, "\(pairing)")
                #expect(cost.stages.last?.shape == [2, 3, 8, 8], "\(pairing)")
                built += 1
            } catch let error as RecipeError {
                #expect(error.path == "sampling.solver" && !error.description.contains("\n"), "\(pairing): \(error)")
                refused += 1
            }
        }
        #expect(built >= 6 * refused && built + refused == pairings.count)
    }

    @Test func aTenthOfThePairingsTrainForTwoSteps() throws {
        // 11 has no factor in common with the numbers of parts, so all of them have their turn.
        for (index, pairing) in pairings.enumerated() where index % 11 == 3 {
            guard let recipe = try? recipe(pairing) else { continue }
            let model = try DiffusionModel(recipe, registry: registry)
            var store = ParameterStore(model.scope, seed: 1, on: device)
            let first = try store.values.map { try $0.scalars() }
            let optimizer = recipe.training.adamW
            var state = optimizer.begin(store)
            for batch in 0..<2 {
                var random = Philox(seed: UInt64(batch))
                let images = Tensor.uniform([2, 3, 8, 8], using: &random, on: device)
                let (loss, gradients) = try store.valueAndGradients { store in
                    let loss = TrainingObjective(model).loss(
                        images: images, labels: [0, 1], batch: batch, store: store)
                    return (loss, loss)
                }
                #expect(try loss.scalar().isFinite, "\(pairing)")
                optimizer.update(
                    &store, &state, gradients: gradients, learningRate: 0.01, squaredNorm: gradients.squaredNorm())
            }
            let last = try store.values.map { try $0.scalars() }
            let isFinite = last.allSatisfy { values in values.allSatisfy { $0.isFinite } }
            #expect(isFinite && last != first, "\(pairing)")
            let noise = DiffusionSampler.noise(seeds: [1], image: recipe.image, on: device)
            let images = try model.sampler(registry: registry).sample(
                from: noise, condition: .classes([1], of: recipe.model, on: device), in: Pass(store),
                stepNoise: StepNoise { _, state in Tensor.zeros(state.shape, on: state.device) })
            #expect(try images.images.scalars().allSatisfy(\.isFinite), "\(pairing)")
        }
    }

    private var pairings: [Pairing] {
        var all: [Pairing] = []
        for backbone in registry.entries(of: "backbone") {
            for target in registry.entries(of: "target") {
                for path in registry.entries(of: "path") {
                    for times in registry.entries(of: "times") {
                        for solver in registry.entries(of: "solver") {
                            all.append(
                                Pairing(
                                    backbone: backbone.key, target: target.key, path: path.key, times: times.key,
                                    solver: solver.key))
                        }
                    }
                }
            }
        }
        return all
    }

    private func recipe(_ pairing: Pairing) throws -> Recipe {
        let own = pairing.backbone == "jit" ? "bottleneckSize: 0, inContextLength: 1, inContextStart: 1," : ""
        return try Recipe(
            yaml: """
                image: {channels: 3, height: 8, width: 8}
                classes: 2
                backbone: {type: \(pairing.backbone), \(own) patchSize: 4, hiddenSize: 16, depth: 2, headCount: 2}
                target: \(pairing.target)
                path: \(pairing.path)
                times: \(pairing.times)
                training: {batchSize: 2, steps: 2, ema: []}
                sampling: {solver: \(pairing.solver), grid: {steps: 3}, guidance: {scale: 2, interval: [0, 1]}}
                """, registry: registry)
    }
}
