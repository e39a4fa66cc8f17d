import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseEvaluation
import SwiffuseIO
import SwiffuseNN
import SwiffusePerceptual
import SwiffuseTensor
import Testing

@Suite struct EncoderTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 2) }

    private func configuration(_ architecture: EncoderConfiguration.Architecture) -> EncoderConfiguration {
        var configuration = EncoderConfiguration()
        configuration.architecture = architecture
        configuration.image = ImageSpec(channels: 3, height: 16, width: 20)
        configuration.widths = [2, 3, 4, 3, 5]
        (configuration.transformer.width, configuration.transformer.depth) = (6, 2)
        configuration.classes = 3
        configuration.featureWidth = 7
        return configuration
    }

    @Test(arguments: [
        (EncoderConfiguration.Architecture.vgg, 5), (.vit, 6), (.strided, 7),
    ])
    func featuresHaveTheTrunksWidth(_ architecture: EncoderConfiguration.Architecture, _ width: Int) throws {
        let encoder = try Encoder(configuration(architecture))
        let store = ParameterStore(encoder.scope, seed: 0, on: device)
        let found = encoder(Tensor.zeros([2, 3, 16, 20], on: device), Pass(store))
        #expect(found.pooled.shape == [2, width] && found.logits.shape == [2, 3])
    }

    @Test func refusesWhatDoesNotFit() throws {
        for change: (inout EncoderConfiguration) -> Void in [
            { $0.image.height = 15 }, { $0.widths = [1, 2] }, { $0.classes = 1 }, { $0.image.channels = 4 },
            { $0.task = .rotations }, { $0.featureWidth = 0 },
        ] {
            var wrong = configuration(.vgg)
            change(&wrong)
            #expect(throws: RecipeError.self) { try Encoder(wrong) }
        }
    }

    /// Grey pictures of 16 × 20 pixels whose class is their level.
    private struct Levels: ImageDataset {
        let count = 50
        let classNames = ["dark", "middle", "light"]
        let isInMemory = true
        func label(at index: Int) -> Int { index % 3 }
        func image(at index: Int) -> ImageBuffer {
            let pixels = (0..<320).map { UInt8(60 * (index % 3) + (index + $0) % 7) }
            return ImageBuffer(width: 20, height: 16, channels: 1, pixels: pixels)
        }
    }

    @Test func measuringTheAccuracyIsToldAndCanBeStopped() throws {
        var settings = EncoderTraining.Settings()
        (settings.steps, settings.batchSize) = (1, 2)
        let preparation = try ImagePreparation(ImageGeometry(channels: 3, height: 16, width: 20), fit: .centerCrop)
        let training = try EncoderTraining(
            try Encoder(configuration(.vgg)), dataset: Levels(), preparation: preparation, settings: settings)
        var seen: [Int] = []
        let whole = try training.run(on: device) { _ in
            true
        } measuring: { count, all in
            seen.append(count)
            return all == 5
        }
        #expect(whole != nil && seen == [2, 4, 5])
        let stopped = try training.run(on: device) { _ in
            true
        } measuring: { count, _ in
            count < 3
        }
        #expect(stopped == nil)
    }

    /// −Σ p log q of rows by hand.
    @Test func crossEntropyIsTheMeanOverRows() throws {
        let logits = Tensor([0, 0, 1000, 0], shape: [2, 2], on: device)
        let targets = Tensor([1, 0, 1, 0], shape: [2, 2], on: device)
        let loss = try logits.crossEntropy(with: targets).scalar()
        #expect(abs(loss - 0.5 * Float(0.6931472)) < 1e-6)
    }
}
