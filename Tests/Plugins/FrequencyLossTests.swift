import Swiffuse
import Testing

@Suite struct FrequencyLossTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 1) }

    /// The cosine transform is orthonormal: with equal weights the loss of a grey picture is its mean squared error.
    @Test(arguments: [(8, 16), (13, 20), (5, 7)])
    func equalWeightsGiveTheSquaredError(_ height: Int, _ width: Int) throws {
        var configuration = FrequencyLoss.Configuration()
        configuration.exponent = 0
        let loss = try FrequencyLoss(configuration)
        let (a, b) = velocities([2, 1, height, width])
        let values = try loss(a, b).scalars()
        let expected = try continued(a - b).squared().mean(over: [1, 2, 3]).scalars()
        for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) <= 1e-5 * wanted) }
    }

    @Test func equalVelocitiesCostNothing() throws {
        let (a, _) = velocities([2, 3, 12, 9])
        #expect(try FrequencyLoss()(a, a).scalars() == [0, 0])
    }

    /// JPEG keeps slow changes finer than fast ones, and so does the loss.
    @Test func slowErrorsCostMoreThanFastOnes() throws {
        let zero = Tensor.zeros([1, 1, 8, 8], on: device)
        let slow = Tensor.ones([1, 1, 8, 8], on: device)
        let fast = Tensor((0..<64).map { ($0 + $0 / 8) % 2 == 0 ? 1 : -1 }, shape: [1, 1, 8, 8], on: device)
        let loss = try FrequencyLoss()
        #expect(try loss(slow, zero).scalar() > 2 * loss(fast, zero).scalar())
    }

    @Test func eachImageHasItsOwnValue() throws {
        let (a, b) = velocities([3, 3, 8, 8])
        let loss = try FrequencyLoss()
        let together = try loss(a, b).scalars()
        let alone = try loss(a.sliced(along: 0, 1..<2), b.sliced(along: 0, 1..<2)).scalars()
        #expect(together.count == 3)
        #expect(abs(together[1] - alone[0]) <= 1e-6 * alone[0])
    }

    /// In a recipe it sees images; on the linear path their difference is (1 − t) times that of the velocities.
    @Test func imagesOfTheLinearPathGiveTheSameLoss() throws {
        let (predicted, reference) = velocities([2, 3, 8, 12])
        let times: [Float] = [0.25, 0.98]
        var configuration = FrequencyLoss.Configuration()
        configuration.clamp = 0.001
        let loss = try FrequencyLoss(configuration)
        let noise = Tensor.ones([2, 3, 8, 12], on: device)
        let remaining = Tensor(times.map { 1 - $0 }, shape: [2, 1, 1, 1], on: device)
        let store = ParameterStore([], values: [])
        let values = try loss.values(
            of: noise + predicted * remaining, reference: noise + reference * remaining,
            in: LossContext(times: times, pass: Pass(store))
        ).scalars()
        for (value, wanted) in zip(values, try loss(predicted, reference).scalars()) {
            #expect(abs(value - wanted) <= 1e-4 * wanted)
        }
    }

    @Test func recipesNameIt() throws {
        let recipe = try Recipe(
            yaml: """
                image: {channels: 1, height: 8, width: 8}
                backbone: {type: dit, patchSize: 4, hiddenSize: 16, depth: 1, headCount: 2}
                losses: [{type: frequency, weight: 0.5}]
                training: {batchSize: 2, ema: []}
                """, registry: try Registry.standard)
        let model = try DiffusionModel(recipe, registry: try Registry.standard)
        let terms = TrainingObjective(model).terms(
            images: Tensor.ones([2, 1, 8, 8], on: device), labels: [], batch: 0,
            store: ParameterStore(model.scope, seed: 1, on: device))
        #expect(terms.count == 2 && terms[1].name == "frequency")
        #expect(try terms[1].value.scalar() > 0)
    }

    @Test func mistakesAreNamed() throws {
        var configuration = FrequencyLoss.Configuration()
        let tiny = ModelSpec(image: ImageSpec(channels: 1, height: 4, width: 8), classCount: 0)
        #expect { try FrequencyLoss.validate(configuration, for: tiny) } throws: { "\($0)".contains("4 × 8") }
        let layered = ModelSpec(image: ImageSpec(channels: 4, height: 8, width: 8), classCount: 0)
        #expect { try FrequencyLoss.validate(configuration, for: layered) } throws: { "\($0)".contains("these have 4") }
        configuration.quality = 0
        #expect { try FrequencyLoss(configuration) } throws: { "\($0)".contains("quality: found 0") }
    }

    private func velocities(_ shape: Shape) -> (Tensor, Tensor) {
        var random = Philox(seed: 3)
        return (
            Tensor.normal(shape, using: &random, on: device), Tensor.normal(shape, using: &random, on: device)
        )
    }

    /// The picture continued by reflection to multiples of 8.
    private func continued(_ image: Tensor) -> Tensor {
        var image = image
        for axis in [2, 3] {
            let extent = image.shape[axis]
            for step in 0..<(8 - extent % 8) % 8 {
                image = Tensor.concatenated(
                    [image, image.sliced(along: axis, extent - 2 - step..<extent - 1 - step)], along: axis)
            }
        }
        return image
    }
}
