import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting
import Testing

/// The exact velocity for pixels from one normal distribution: smooth, with a flow that is known.
private struct NormalPixels: Backbone {
    let mean: Float = 0.25
    let deviation: Float = 0.6

    func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        guard let t = try? times.scalars()[0] else { return BackboneOutput(raw: noisy) }
        let (rest, variance) = (1 - t, deviation * deviation)
        let gain = t * variance / (t * t * variance + rest * rest)
        return BackboneOutput(raw: ((noisy - t * mean) * gain + mean - noisy) * (1 / rest))
    }
}

@Suite struct GivenImageTests {
    private let device = ReferenceDevice()
    private let spec = ImageSpec(channels: 2, height: 5, width: 7)
    private let pass: Pass

    init() { pass = Pass(ParameterStore(Scope(), seed: 0, on: device)) }

    private func sampler(
        _ solver: any Solver = HeunSolver(), steps: Int = 12, path: any NoisePath = LinearPath()
    ) -> DiffusionSampler {
        DiffusionSampler(
            backbone: NormalPixels(), target: VelocityTarget(), path: path, solver: solver,
            grid: TimeGrid(stepCount: steps, shift: 1.3))
    }

    private var noise: Tensor { DiffusionSampler.noise(seeds: [3, 4], image: spec, on: device) }

    /// Two pictures in −1…1.
    private var images: Tensor {
        let values = (0..<2 * spec.valueCount).map { Float(($0 * 29) % 64) / 32 - 1 }
        return Tensor(values, shape: [2, 2, 5, 7], on: device)
    }

    private func largestDifference(_ a: Tensor, _ b: Tensor) throws -> Float {
        zip(try a.scalars(), try b.scalars()).map { abs($0 - $1) }.max() ?? 0
    }

    // Image to image

    @Test(arguments: [HeunSolver(), AdamsBashforthSolver(order: 2), UniPCSolver()] as [any Solver])
    func strengthOneIsPlainSampling(_ solver: any Solver) throws {
        let plain = try sampler(solver).sample(from: noise, in: pass, trajectory: .kept)
        let request = SamplingRequest(noise: noise, start: .image(images, strength: 1), trajectory: .kept)
        let changed = try sampler(solver).sample(request, in: pass)
        #expect(changed.states.count == plain.states.count)
        for (one, other) in zip(changed.states, plain.states) { #expect(try one.scalars() == other.scalars()) }
    }

    @Test func aRunStartsFromTheNoisedImage() throws {
        var steps = 0
        let request = SamplingRequest(noise: noise, start: .image(images, strength: 0.45), trajectory: .kept)
        let result = try sampler().sample(request, in: pass) { steps = $0.stepCount }
        let start = try images.scalars().map { $0 * 0.55 }
        let expected = zip(start, try noise.scalars()).map { $0 + 0.45 * $1 }
        #expect(zip(try result.states[0].scalars(), expected).allSatisfy { abs($0 - $1) < 1e-6 })
        // Of the twelve steps those after t = 0.55, and a shorter one before.
        #expect(steps == TimeGrid(stepCount: 12, shift: 1.3).times.filter { $0 > 0.55 }.count)
    }

    @Test func smallStrengthsChangeLittle() throws {
        func change(_ strength: Float) throws -> Float {
            let request = SamplingRequest(noise: noise, start: .image(images, strength: strength))
            return try largestDifference(try sampler().sample(request, in: pass).images, images)
        }
        let changes = try [0.02, 0.2, 0.8].map { try change($0) }
        #expect(changes[0] < 0.1 && changes[0] < changes[1] && changes[1] < changes[2])
    }

    @Test(arguments: [(0.5, 3), (0.3, 2), (0.26, 2), (0.05, 1), (0.99, 5)] as [(Float, Int)])
    func gridsStartAnywhere(_ strength: Float, _ stepCount: Int) {
        // Times 0, 0.2, 0.4, 0.6, 0.8, 1; one closer than a quarter step is left out.
        let grid = TimeGrid(stepCount: 5).starting(at: 1 - strength)
        #expect(grid.times.first == 1 - strength && grid.times.last == 1)
        #expect(zip(grid.times, grid.times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(grid.times.count - 1 == stepCount, "\(grid.times)")
        #expect(grid.steps.first?.accumulatedStart == 1 - strength)
    }

    // Inpainting

    private var mask: Tensor {
        Tensor((0..<70).map { $0 % 3 == 0 ? 1 : 0 }, shape: [2, 1, 5, 7], on: device)
    }

    @Test(
        arguments: [
            HeunSolver(), HeunSolver(.reused), AdamsBashforthSolver(order: 3), DPMSolver(), UniPCSolver(order: 3),
        ]
            as [any Solver])
    func knownPixelsAreKept(_ solver: any Solver) throws {
        let request = SamplingRequest(noise: noise, known: .image(images, repaint: mask), trajectory: .kept)
        let result = try sampler(solver).sample(request, in: pass)
        let plain = try sampler(solver).sample(from: noise, in: pass).images.scalars()
        let (drawn, known, repaint) = (try result.images.scalars(), try images.scalars(), try mask.scalars())
        for index in drawn.indices {
            let isRepainted = repaint[index / 70 * 35 + index % 35] == 1
            // Each pixel of this field goes its own way, so what is repainted is what would have been drawn.
            if isRepainted {
                #expect(abs(drawn[index] - plain[index]) < 1e-6)
            } else {
                #expect(drawn[index] == known[index])
            }
        }
        // On the way they lie on the path between the run's noise and the image.
        let (noisy, time) = (try noise.scalars(), TimeGrid(stepCount: 12, shift: 1.3).times[5])
        let between = try result.states[5].scalars()
        #expect(abs(between[1] - (known[1] * time + noisy[1] * (1 - time))) < 1e-6)
    }

    @Test func knownPixelsAreExactOnACurvedPath() throws {
        let request = SamplingRequest(noise: noise, known: .image(images, repaint: mask))
        let result = try sampler(path: TrigonometricPath()).sample(request, in: pass)
        #expect(try result.images.scalars()[1] == images.scalars()[1])
    }

    // Inversion

    @Test(arguments: [HeunSolver(), HeunSolver(.reused), AdamsBashforthSolver(order: 2)] as [any Solver])
    func inversionThenSamplingGivesTheImageBack(_ solver: any Solver) throws {
        func error(_ steps: Int) throws -> Float {
            let sampler = sampler(solver, steps: steps)
            let noise = try sampler.invert(images, in: pass, by: solver)
            return try largestDifference(try sampler.sample(from: noise, in: pass).images, images)
        }
        let errors = try [20, 40].map { try error($0) }
        #expect(errors[0] < 0.03 && errors[1] < errors[0] / 2, "\(errors)")
    }

    @Test func inversionFindsTheNoiseOfTheExactFlow() throws {
        let found = try sampler(steps: 60).invert(images, in: pass).scalars()
        let exact = try images.scalars().map { ($0 - 0.25) / 0.6 }
        let error = zip(found, exact).map { abs($0 - $1) }.max() ?? 0
        #expect(error < 0.02, "\(error)")
    }

    @Test func theFieldIsNeverAskedAtTheImage() throws {
        let scope = Scope()
        let backbone = TimeRecorder(times: TimeLog())
        let sampler = DiffusionSampler(backbone: backbone, grid: TimeGrid(stepCount: 4))
        _ = try sampler.invert(images, in: Pass(ParameterStore(scope, seed: 0, on: device)))
        #expect(backbone.times.all == [0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0])
    }

    @Test(arguments: [StochasticEulerSolver(), DPMSolver(), UniPCSolver()] as [any Solver])
    func solversThatCannotRunBackwardsAreRefused(_ solver: any Solver) throws {
        let error = #expect(throws: SamplingError.self) { try sampler().invert(images, in: pass, by: solver) }
        #expect(error?.description.contains("backwards") == true)
    }

    @Test func stochasticSolversNeedNoise() throws {
        let stochastic = sampler(StochasticEulerSolver())
        let error = #expect(throws: SamplingError.self) { try stochastic.sample(from: noise, in: pass) }
        #expect(error == .noStepNoise)
        let together = try stochastic.sample(from: noise, in: pass, stepNoise: .seeds([3, 4])).images.scalars()
        let second = DiffusionSampler.noise(seeds: [4], image: spec, on: device)
        let alone = try stochastic.sample(from: second, in: pass, stepNoise: .seeds([4])).images.scalars()
        #expect(Array(together[70...]) == alone)
    }
}
