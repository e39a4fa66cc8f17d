import SwiffuseDiffusion
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct PredictionTargetTests {
    private static let pairs = PredictionSpace.allCases.flatMap { prediction in
        PredictionSpace.allCases.map { (prediction, $0) }
    }
    private let device = ReferenceDevice()
    private let shape: Shape = [5, 2, 3, 1]
    /// Both ends, inside both clamps, and the middle.
    private let times: [Float] = [0, 0.02, 0.37, 0.98, 1]

    private func target(
        _ prediction: PredictionSpace, loss: PredictionSpace, clamp: Double = 0.05
    ) -> any PredictionTarget {
        var configuration = TargetConfiguration()
        configuration.loss = loss
        configuration.trainingClamp = clamp
        configuration.samplingClamp = clamp
        return switch prediction {
        case .image: CleanImageTarget(configuration)
        case .velocity: VelocityTarget(configuration)
        case .noise: NoiseTarget(configuration)
        }
    }

    private func random(_ seed: UInt64) -> [Float] {
        var random = Philox(seed: seed)
        return random.normals(shape.count)
    }

    private func time(of index: Int) -> Float { times[index / 6] }

    private func images(along path: some NoisePath) -> NoisedImages {
        path.noised(
            Tensor(random(1), shape: shape, on: device), with: Tensor(random(2), shape: shape, on: device), at: times)
    }

    /// What a perfect network says, per value.
    private func truth(_ space: PredictionSpace, along path: some NoisePath) -> [Float] {
        let clean = random(1)
        let noise = random(2)
        return clean.indices.map { index in
            let point = path.coefficients(at: time(of: index))
            return switch space {
            case .image: clean[index]
            case .noise: noise[index]
            case .velocity: point.alphaRate * clean[index] + point.sigmaRate * noise[index]
            }
        }
    }

    @Test(arguments: pairs)
    func aPerfectPredictionHasNoLoss(prediction: PredictionSpace, loss: PredictionSpace) throws {
        for path in [LinearPath(), TrigonometricPath(), TrigonometricPath(.official)] as [any NoisePath] {
            try checkPerfect(prediction, loss, path)
        }
    }

    private func checkPerfect(_ prediction: PredictionSpace, _ loss: PredictionSpace, _ path: some NoisePath) throws {
        let raw = Tensor(truth(prediction, along: path), shape: shape, on: device)
        let losses = try target(prediction, loss: loss).loss(of: raw, for: images(along: path), along: path).scalars()
        #expect(losses.count == 5 && losses.allSatisfy { abs($0) < 1e-9 })
    }

    @Test(arguments: PredictionSpace.allCases)
    func aPerfectPredictionGivesImageAndVelocityBack(prediction: PredictionSpace) throws {
        for path in [LinearPath(), TrigonometricPath()] as [any NoisePath] { try checkConversion(prediction, path) }
    }

    private func checkConversion(_ prediction: PredictionSpace, _ path: some NoisePath) throws {
        let batch = images(along: path)
        let raw = Tensor(truth(prediction, along: path), shape: shape, on: device)
        let target = target(prediction, loss: .velocity, clamp: 1e-3)
        let noisy = batch.noisy
        let image = try target.cleanImage(from: raw, noisy: noisy, times: times, along: path, for: .sampling).scalars()
        let velocity = try target.velocity(from: raw, noisy: noisy, times: times, along: path, for: .sampling).scalars()
        // Away from the ends, where nothing is clamped.
        for index in image.indices where time(of: index) > 0.01 && time(of: index) < 0.99 {
            #expect(abs(image[index] - truth(.image, along: path)[index]) < 2e-4)
            #expect(abs(velocity[index] - truth(.velocity, along: path)[index]) < 2e-4)
        }
    }

    /// Each loss is what one gets by converting output and truth separately and subtracting.
    @Test(arguments: pairs)
    func theLossIsThatOfTheConvertedOutput(prediction: PredictionSpace, loss: PredictionSpace) throws {
        let path = LinearPath()
        let batch = images(along: path)
        let noisy = try batch.noisy.scalars()
        let raw = random(3)
        let right = truth(prediction, along: path)
        let found = try target(prediction, loss: loss).loss(
            of: Tensor(raw, shape: shape, on: device), for: batch, along: path
        ).scalars()
        for image in 0..<5 {
            var sum = 0.0
            for index in image * 6..<(image + 1) * 6 {
                let t = Double(time(of: index))
                func converted(_ value: Float) -> Double {
                    let value = Double(value)
                    let x = Double(noisy[index])
                    return switch (prediction, loss) {
                    case (.image, .velocity): (value - x) / max(1 - t, 0.05)
                    case (.image, .noise): (x - t * value) / max(1 - t, 0.05)
                    case (.velocity, .image): x + (1 - t) * value
                    case (.velocity, .noise): x - t * value
                    case (.noise, .image): (x - (1 - t) * value) / max(t, 0.05)
                    case (.noise, .velocity): (x - value) / max(t, 0.05)
                    case (.image, .image), (.velocity, .velocity), (.noise, .noise): value
                    }
                }
                let difference = converted(raw[index]) - converted(right[index])
                sum += difference * difference / 6
            }
            #expect(abs(Double(found[image]) - sum) < 1e-4 * max(1, sum), "image \(image)")
        }
    }

    @Test func trainingAndSamplingClampSeparately() throws {
        var configuration = TargetConfiguration()
        configuration.trainingClamp = 0.5
        configuration.samplingClamp = 0.25
        let target = CleanImageTarget(configuration)
        let raw = Tensor([1], shape: [1, 1, 1, 1], on: device)
        let noisy = Tensor([0], shape: [1, 1, 1, 1], on: device)
        let training = target.velocity(from: raw, noisy: noisy, times: [0.9], along: LinearPath(), for: .training)
        let sampling = target.velocity(from: raw, noisy: noisy, times: [0.9], along: LinearPath(), for: .sampling)
        #expect(try training.scalars() == [2])
        #expect(try sampling.scalars() == [4])
    }

    @Test func theLossReachesTheNetwork() throws {
        let tape = Tape()
        let raw = tape.watch(Tensor(random(3), shape: shape, on: device))
        let batch = images(along: LinearPath())
        let loss = target(.image, loss: .velocity).loss(of: raw, for: batch, along: LinearPath()).sum()
        let gradient = try #require(tape.gradients(of: loss, withRespectTo: [raw])[0]).scalars()
        for (index, value) in gradient.enumerated() {
            let width = max(1 - time(of: index), 0.05)
            let expected = 2 * (random(3)[index] - random(1)[index]) / (6 * width * width)
            #expect(abs(value - expected) < 1e-5 * max(1, abs(expected)))
        }
    }
}
