import Swiffuse
import Testing

/// Every registered backbone goes with every target, path, time sampler, solver and loss, or one sentence says why not.
@Suite struct PairingTests {
    private let registry: Registry
    private let device: CPUDevice

    init() throws {
        registry = try Registry.standard
        device = try CPUDevice(threads: 2)
    }

    @Test func pairingsNameEveryLoss() throws {
        let named = try Pairing.Losses.allCases.flatMap { losses in
            try Pairing(
                backbone: "dit", target: "velocity", path: "linear", times: "uniform", solver: "euler", losses: losses
            ).recipe(with: registry).losses.map(\.part.type)
        }
        #expect(Set(named) == Set(registry.entries(of: "losses").map(\.key)))
    }

    @Test func pairingsBuildOrSayWhyNot() throws {
        let pairings = Pairing.all(of: registry)
        var (built, refused) = (0, 0)
        for pairing in pairings {
            do {
                let model = try DiffusionModel(try pairing.recipe(with: registry), registry: registry)
                built += 1
                let cost = try CostEstimate(model, registry: registry, kernels: device.kernels, samplingBatch: 2)
                #expect(cost.updateOperations > 0 && cost.samplingOperations > 0, "\(pairing)")
                #expect(cost.stages.last?.shape == [2, 3, 8, 8], "\(pairing)")
            } catch let error as RecipeError {
                #expect(error.path == "sampling.solver" && !error.description.contains("\n"), "\(pairing): \(error)")
                refused += 1
            }
        }
        #expect(built >= 6 * refused && built + refused == pairings.count)
    }

    @Test func aTenthOfThePairingsThatBuildTrainForTwoSteps() throws {
        let building = Pairing.all(of: registry).filter { (try? $0.recipe(with: registry)) != nil }
        // Another one of each ten, so that all parts have their turn.
        let chosen = building.indices.filter { $0 % 10 == $0 / 10 * 7 % 10 }.map { building[$0] }
        #expect(abs(chosen.count * 10 - building.count) < 10)
        let parts: [@Sendable (Pairing) -> String] = [
            { $0.backbone }, { $0.target }, { $0.path }, { $0.times }, { $0.solver }, { $0.losses.rawValue },
        ]
        for part in parts { #expect(Set(chosen.map(part)) == Set(building.map(part))) }
        for pairing in chosen {
            let recipe = try pairing.recipe(with: registry)
            let model = try DiffusionModel(recipe, registry: registry)
            var store = ParameterStore(model.scope, seed: 1, on: device)
            let first = try store.values.map { try $0.scalars() }
            try train(model, &store, "\(pairing)")
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

    private func train(_ model: DiffusionModel, _ store: inout ParameterStore, _ name: String) throws {
        let optimizer = model.recipe.training.adamW
        let networks = try FrozenNetworks(loading: model.frozenNetworks, on: device)
        var state = optimizer.begin(store)
        for batch in 0..<2 {
            var random = Philox(seed: UInt64(batch))
            let images = Tensor.uniform([2, 3, 8, 8], using: &random, on: device)
            let (loss, gradients) = try store.valueAndGradients { store in
                let loss = TrainingObjective(model, networks: networks).loss(
                    images: images, labels: [0, 1], batch: batch, store: store)
                return (loss, loss)
            }
            #expect(try loss.scalar().isFinite, "\(name)")
            optimizer.update(
                &store, &state, gradients: gradients, learningRate: 0.01, squaredNorm: gradients.squaredNorm())
        }
    }
}
