import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseJiT
import SwiffuseNN
import SwiffuseTensor
import Testing

@Suite struct JiTModelTests {
    private let device: CPUDevice
    private let image = ImageSpec(channels: 2, height: 12, width: 20)

    init() throws { device = try CPUDevice() }

    @Test func aFreshModelPredictsExactlyZero() throws {
        let (jit, scope) = try build(configuration())
        let output = predict(jit, ParameterStore(scope, seed: 3, on: device), batch: 3)
        #expect(try output.scalars().allSatisfy { $0 == 0 })
    }

    @Test func recomputingBlocksKeepsTheGradients() throws {
        var settings = configuration()
        let plain = try gradients(settings)
        settings.recompute = true
        let recomputed = try gradients(settings)
        #expect(plain.count == recomputed.count)
        for (a, b) in zip(plain, recomputed) {
            #expect((a == nil) == (b == nil))
            guard let a, let b else { continue }
            let (left, right) = (try a.scalars(), try b.scalars())
            // Contributions to the condition's gradient are added in another order.
            for (x, y) in zip(left, right) { #expect(abs(x - y) <= 1e-6 * (1 + abs(x))) }
        }
    }

    @Test func aPictureDoesNotDependOnItsBatch() throws {
        let (jit, scope) = try build(configuration())
        let store = try awake(scope)
        let sampler = DiffusionSampler(
            backbone: jit, guidance: ClassifierFreeGuidance(scale: 2, interval: GuidanceInterval(low: 0.1, high: 1)),
            grid: TimeGrid(stepCount: 5))
        func draw(_ seeds: [UInt64]) throws -> [Float] {
            let labels = seeds.map { Int($0) % 3 }
            let noise = DiffusionSampler.noise(seeds: seeds, image: image, on: device)
            let condition = SamplingCondition.classes(
                labels, of: ModelSpec(image: image, classCount: 3), on: device)
            return try sampler.sample(from: noise, condition: condition, in: Pass(store)).images.scalars()
        }
        let together = try draw([4, 5, 6, 7, 8])
        for (index, seed) in [4, 5, 6, 7, 8].enumerated() {
            let alone = try draw([UInt64(seed)])
            let part = together[index * image.valueCount..<(index + 1) * image.valueCount]
            // 1/255 of the range −1…1; a product with one row may take another path than one with more.
            for (a, b) in zip(alone, part) { #expect(abs(a - b) < 2.0 / 255) }
        }
    }

    @Test func aModelWithoutClassesUsesTheNullRow() throws {
        let scope = Scope()
        let jit = try JiT(
            configuration(), in: BuildContext(model: ModelSpec(image: image, classCount: 0), scope: scope))
        let store = try awake(scope)
        let noise = DiffusionSampler.noise(seeds: [1, 2], image: image, on: device)
        let output = jit.predict(
            noise, times: Tensor([0.25, 0.5], shape: [2], on: device), condition: .none, in: Pass(store))
        #expect(output.shape == [2, 2, 12, 20])
        #expect(try output.scalars().contains { $0 != 0 })
    }

    @Test func tapsAreImageTokensWithoutContext() throws {
        let (jit, scope) = try build(configuration())
        let store = try awake(scope)
        let result = jit.predict(
            DiffusionSampler.noise(seeds: [1], image: image, on: device), times: Tensor([0.5], shape: [1], on: device),
            condition: .classes([1], on: device), taps: jit.taps, in: Pass(store))
        #expect(result.features.count == 4)
        for feature in result.features.values { #expect(feature.shape == [1, 15, 16]) }
    }

    private func configuration() -> JiTConfiguration {
        var configuration = JiTConfiguration()
        configuration.patchSize = 4
        configuration.hiddenSize = 16
        configuration.depth = 3
        configuration.headCount = 2
        configuration.bottleneckSize = 6
        configuration.inContextLength = 2
        configuration.inContextStart = 1
        return configuration
    }

    private func build(_ configuration: JiTConfiguration) throws -> (JiT, Scope) {
        let scope = Scope()
        let model = ModelSpec(image: image, classCount: 3)
        return (try JiT(configuration, in: BuildContext(model: model, scope: scope)), scope)
    }

    /// Values that make every branch matter: a fresh model's zeros replaced by small noise.
    private func awake(_ scope: Scope) throws -> ParameterStore {
        var store = ParameterStore(scope, seed: 7, on: device)
        var random = Philox(seed: 11)
        for parameter in store.parameters where parameter.initializer == .zeros {
            store[parameter] = Tensor.normal(parameter.shape, using: &random, on: device) * 0.1
        }
        return store
    }

    private func predict(_ jit: JiT, _ store: ParameterStore, batch: Int) -> Tensor {
        let noise = DiffusionSampler.noise(seeds: (0..<batch).map(UInt64.init), image: image, on: device)
        let times = Tensor((0..<batch).map { Float($0) / 4 }, shape: [batch], on: device)
        return jit.predict(
            noise, times: times, condition: .classes((0..<batch).map { $0 % 4 }, on: device), in: Pass(store))
    }

    private func gradients(_ configuration: JiTConfiguration) throws -> [Tensor?] {
        let (jit, scope) = try build(configuration)
        return try awake(scope).valueAndGradients { store in
            (predict(jit, store, batch: 3).squared().mean(), ())
        }.gradients.values
    }
}
