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

    /// Every architecture keeps places: what is pooled is the mean over the map, save where a linear layer pools.
    @Test(arguments: [
        (EncoderConfiguration.Architecture.vgg, [5, 1, 1]), (.vit, [6, 4, 5]), (.strided, [32, 8, 10]),
    ])
    func featuresKeepPlaces(_ architecture: EncoderConfiguration.Architecture, _ map: [Int]) throws {
        var configuration = configuration(architecture)
        (configuration.transformer.patchSize, configuration.transformer.imageSize) = (4, 16)
        let encoder = try Encoder(configuration)
        let store = ParameterStore(encoder.scope, seed: 0, on: device)
        let images = Tensor.random(.normal, [2, 3, 16, 20], from: Philox(seed: 1), on: device)
        let found = encoder.features(of: images, Pass(store))
        #expect(found.map.shape == Shape([2] + map))
        if architecture != .strided {
            let (means, pooled) = (try found.map.mean(over: [2, 3]).scalars(), try found.pooled.scalars())
            // The same numbers summed, perhaps in another order.
            for (mean, value) in zip(means, pooled) { #expect(abs(mean - value) <= 1e-6) }
        }
    }

    @Test func spatialFeaturesHaveChannelsLast() throws {
        let map = Tensor((0..<2 * 9 * 3 * 5).map { Float($0) }, shape: [2, 9, 3, 5], on: device)
        let found = try ImageFeatures.spatial(of: map).scalars()
        #expect(found.count == 2 * 3 * 5 * 7)
        for (place, value) in found.enumerated() {
            let (image, row, column, channel) = (place / 105, place % 105 / 35, place % 35 / 7, place % 7)
            #expect(value == Float(((image * 9 + channel) * 3 + row) * 5 + column))
        }
        let large = ImageFeatures.spatial(of: Tensor.ones([1, 2, 20, 4], on: device))
        #expect(large.shape == [1, 17 * 4 * 2])
        // Weights of a resampled place sum to 1 up to rounding.
        for value in try large.scalars() { #expect(abs(value - 1) <= 1e-6) }
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
