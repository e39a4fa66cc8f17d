import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct SamplerTests {
    private let device = ReferenceDevice()
    private let model = ModelSpec(image: ImageSpec(channels: 2, height: 3, width: 4), classCount: 3)

    private func backbone() -> (FlatBackbone, Pass) {
        let scope = Scope()
        let backbone = FlatBackbone(FlatBackbone.Configuration(), in: BuildContext(model: model, scope: scope))
        return (backbone, Pass(ParameterStore(scope, seed: 0, on: device)))
    }

    private func noise(_ seeds: [UInt64]) -> Tensor {
        DiffusionSampler.noise(seeds: seeds, image: model.image, on: device)
    }

    private var unclamped: CleanImageTarget {
        var configuration = TargetConfiguration()
        configuration.samplingClamp = 1e-6
        return CleanImageTarget(configuration)
    }

    @Test(
        arguments: [
            EulerSolver(), HeunSolver(), HeunSolver(.reused), AdamsBashforthSolver(order: 3), DPMSolver(),
            UniPCSolver(order: 2), UniPCSolver(order: 3), StochasticEulerSolver(), StochasticHeunSolver(),
        ] as [any Solver])
    func everySolverEndsAtThePredictedImage(solver: any Solver) throws {
        let (backbone, pass) = backbone()
        let sampler = DiffusionSampler(
            backbone: backbone, target: unclamped, solver: solver, grid: TimeGrid(stepCount: 9, shift: 2))
        let images = try sampler.sample(from: noise([1, 2, 3]), in: pass, stepNoise: .seeds([1, 2, 3])).images
        #expect(images.shape == [3, 2, 3, 4])
        #expect(try images.scalars().allSatisfy { abs($0 - 0.5) < 2e-6 })
    }

    @Test(arguments: [DPMSolver(), UniPCSolver(order: 3), StochasticEulerSolver(), HeunSolver()] as [any Solver])
    func curvedPathsEndAtThePredictedImageToo(solver: any Solver) throws {
        let (backbone, pass) = backbone()
        let sampler = DiffusionSampler(
            backbone: backbone, target: unclamped, path: TrigonometricPath(), solver: solver,
            grid: TimeGrid(stepCount: 40))
        let images = try sampler.sample(from: noise([1, 2]), in: pass, stepNoise: .seeds([1, 2])).images.scalars()
        // The exponential integrators end exactly there; the others by a last step along the curve, 1/40 wide.
        let bound: Float = solver.usesPath && !solver.isStochastic ? 2e-6 : 0.03
        #expect(images.allSatisfy { abs($0 - 0.5) < bound }, "\(images.map { abs($0 - 0.5) }.max() ?? 0)")
    }

    @Test func aPictureDependsOnItsSeedAlone() throws {
        let (backbone, pass) = backbone()
        // A last step shorter than the clamp leaves some of the noise in the picture.
        let sampler = DiffusionSampler(backbone: backbone, grid: TimeGrid(stepCount: 4, lastStep: .width(0.02)))
        let together = try sampler.sample(from: noise([7, 8, 9]), in: pass).images.scalars()
        let alone = try sampler.sample(from: noise([8]), in: pass).images.scalars()
        #expect(Array(together[24..<48]) == alone)
        #expect(together[0] != together[24])
    }

    @Test func guidanceMovesAwayFromNoClass() throws {
        let (backbone, pass) = backbone()
        let guidance = ClassifierFreeGuidance(scale: 2, interval: GuidanceInterval(low: 0, high: 1, convention: .jit))
        let sampler = DiffusionSampler(
            backbone: backbone, target: unclamped, solver: EulerSolver(), guidance: guidance,
            grid: TimeGrid(stepCount: 5))
        let condition = SamplingCondition.classes([0, 2], of: model, on: device)
        let images = try sampler.sample(from: noise([1, 2]), condition: condition, in: pass).images.scalars()
        // The network draws 0.5 · label; "no class" is label 3, so 1.5: u + 2 (c − u) = 2c − u.
        #expect(images[..<24].allSatisfy { abs($0 - (0 - 1.5)) < 1e-5 })
        #expect(images[24...].allSatisfy { abs($0 - (2 - 1.5)) < 1e-5 })
        #expect(backbone.calls.all == [4, 4, 4, 4, 4])
    }

    @Test func unguidedStepsAskTheNetworkOnce() throws {
        let (backbone, pass) = backbone()
        let guidance = ClassifierFreeGuidance(scale: 2.25, interval: GuidanceInterval(low: 0.1, high: 0.9))
        let sampler = DiffusionSampler(
            backbone: backbone, guidance: guidance, grid: TimeGrid(stepCount: 50, shift: 2))
        var last: SamplingProgress?
        _ = try sampler.sample(
            from: noise([1]), condition: .classes([1], of: model, on: device), in: pass, progress: { last = $0 })
        // Of PixelGen-XL's 99 evaluations 23 are unguided.
        #expect(backbone.calls.all.count == 99)
        #expect(backbone.calls.all.filter { $0 == 1 }.count == 23)
        #expect(last?.completedSteps == 50 && last?.stepCount == 50)
        #expect(last?.evaluations == 99 + 76)
    }

    @Test func autoGuidanceMovesAwayFromTheWeakerNetwork() throws {
        let (backbone, pass) = backbone()
        let scope = Scope()
        var configuration = FlatBackbone.Configuration()
        configuration.level = 0.1
        let weaker = FlatBackbone(configuration, in: BuildContext(model: model, scope: scope))
        let reference = WeakerModel(
            backbone: weaker, target: unclamped, pass: Pass(ParameterStore(scope, seed: 0, on: device)))
        func images(_ condition: SamplingCondition, interval: GuidanceInterval) throws -> [Float] {
            let sampler = DiffusionSampler(
                backbone: backbone, target: unclamped, solver: EulerSolver(),
                guidance: ClassifierFreeGuidance(scale: 2, interval: interval), grid: TimeGrid(stepCount: 5),
                reference: .weaker(reference))
            return try sampler.sample(from: noise([1, 2]), condition: condition, in: pass).images.scalars()
        }
        let always = GuidanceInterval(low: 0, high: 1, convention: .jit)
        // 0.5 · label guided away from 0.1 · label: 2 · 0.5 − 0.1.
        let guided = try images(.classes([1, 2], of: model, on: device), interval: always)
        #expect(guided[..<24].allSatisfy { abs($0 - 0.9) < 1e-5 })
        #expect(guided[24...].allSatisfy { abs($0 - 1.8) < 1e-5 })
        #expect(backbone.calls.all == [2, 2, 2, 2, 2] && weaker.calls.all == backbone.calls.all)
        // Also without classes; and the weaker network is not asked where nothing is guided.
        let plain = try images(.none, interval: GuidanceInterval(low: 0.9, high: 1))
        #expect(plain.allSatisfy { abs($0 - 0.5) < 1e-5 })
        #expect(weaker.calls.all.count == 5)
        #expect(try images(.none, interval: always).allSatisfy { abs($0 - 0.9) < 1e-5 })
    }

    @Test func noClassIsNotGuided() throws {
        let (backbone, pass) = backbone()
        let guidance = ClassifierFreeGuidance(scale: 2, interval: GuidanceInterval(low: 0, high: 1))
        let sampler = DiffusionSampler(
            backbone: backbone, target: unclamped, guidance: guidance, grid: TimeGrid(stepCount: 3))
        let condition = SamplingCondition.noClass(count: 2, of: model, on: device)
        let images = try sampler.sample(from: noise([1, 2]), condition: condition, in: pass).images.scalars()
        #expect(images.allSatisfy { abs($0 - 1.5) < 1e-5 })
        #expect(backbone.calls.all == [2, 2, 2, 2, 2])
    }

    @Test func scaleOneAndModelsWithoutClassesAreNeverGuided() throws {
        let (backbone, pass) = backbone()
        let interval = GuidanceInterval(low: 0, high: 1)
        let cases: [(Float, SamplingCondition)] = [(1, .classes([1], of: model, on: device)), (3, .none)]
        for (scale, condition) in cases {
            let sampler = DiffusionSampler(
                backbone: backbone, guidance: ClassifierFreeGuidance(scale: scale, interval: interval),
                grid: TimeGrid(stepCount: 3))
            _ = try sampler.sample(from: noise([1]), condition: condition, in: pass)
        }
        #expect(backbone.calls.all == [Int](repeating: 1, count: 10))
    }

    @Test func trajectoryRetracesTheRun() throws {
        let (backbone, pass) = backbone()
        let grid = TimeGrid(stepCount: 3, shift: 1.5)
        let sampler = DiffusionSampler(backbone: backbone, grid: grid)
        let result = try sampler.sample(from: noise([4]), in: pass, trajectory: .kept)
        #expect(result.states.count == 4 && result.velocities.count == 3)
        for (index, step) in grid.steps.enumerated() {
            let before = try result.states[index].scalars()
            let after = try result.states[index + 1].scalars()
            let velocity = try result.velocities[index].scalars()
            for value in before.indices {
                #expect(abs(before[value] + step.width * velocity[value] - after[value]) < 1e-6)
            }
        }
        #expect(try sampler.sample(from: noise([4]), in: pass).states.isEmpty)
    }

    @Test func rescaledGuidanceHasTheConditionalDeviation() throws {
        let guidance = ClassifierFreeGuidance(scale: 4, interval: GuidanceInterval(low: 0, high: 1), rescale: 1)
        let conditional = noise([1, 2])
        let unconditional = noise([3, 4])
        let guided = try guidance.combine(conditional: conditional, unconditional: unconditional).scalars()
        let reference = try conditional.scalars()
        for image in 0..<2 {
            let range = image * 24..<(image + 1) * 24
            #expect(abs(deviation(guided[range]) - deviation(reference[range])) < 1e-5)
        }
    }

    private func deviation(_ values: ArraySlice<Float>) -> Float {
        let mean = values.reduce(0, +) / Float(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count - 1)).squareRoot()
    }

    @Test func aRecipeBuildsItsModelAndSampler() throws {
        let registry = try Registry(plugins: [StandardParts(), FlatPlugin()])
        let recipe = try Recipe(
            yaml: """
                image: {channels: 1, height: 2, width: 2}
                backbone: {type: flat, level: 0.25}
                target: {type: clean-image, samplingClamp: 0.000001}
                sampling: {solver: euler, grid: {steps: 3}}
                """, registry: registry)
        let built = try DiffusionModel(recipe, registry: registry)
        let store = ParameterStore(built.scope, seed: 0, on: device)
        let noise = DiffusionSampler.noise(seeds: [5], image: recipe.image, on: device)
        let images = try built.sampler(registry: registry).sample(from: noise, in: Pass(store)).images
        #expect(try images.scalars().allSatisfy { abs($0 - 0.25) < 1e-6 })
        #expect(store.parameters.map(\.key) == ["level"])
    }
}
