import Foundation
import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseEvaluation
import SwiffuseIO
import SwiffuseInception
import SwiffuseNN
import SwiffuseTensor
import Testing

/// Inception-v3 with weights and pictures that are easy to make in any language, against the networks of torch-fidelity
/// 0.4.0 and pytorch-fid 0.3.0 with the same.
@Suite struct InceptionTests {
    private func value(_ index: Int, _ salt: Int) -> Float {
        // Exact in Float32 and in Python's integers.
        let sum = index * 7919 + salt * 104_729 + index / 7 * 31
        return Float(sum % 2001 - 1000) / 1000
    }

    /// Every parameter by its place and that of its values; variance as He's for convolutions.
    private func store(_ parameters: [Parameter], on device: any Device) -> ParameterStore {
        ParameterStore(
            parameters,
            values: parameters.enumerated().map { place, parameter in
                let fanIn = parameter.shape.count / parameter.shape[0]
                let scale: Float = parameter.shape.rank == 1 ? 0.1 : (6 / Float(fanIn)).squareRoot()
                return Tensor(
                    (0..<parameter.shape.count).map { value($0, place) * scale }, shape: parameter.shape, on: device)
            })
    }

    @Test(arguments: InceptionFixture.all) func agreesWithTheReference(_ fixture: InceptionFixture) throws {
        let device = try CPUDevice(threads: 2)
        var configuration = InceptionFeaturesConfiguration()
        configuration.resizing = fixture.resizing
        let network = InceptionFeatures(configuration)
        let pass = Pass(store(network.network.scope.parameters, on: device))
        let pixels = (0..<3 * 13 * 17).map { (index: Int) -> Float in
            let sum = index * 7919 + index / 5 * 31
            return Float(sum % 256)
        }
        let found = network.features(of: Tensor(pixels, shape: [1, 3, 13, 17], on: device), pass)
        let pooled = try found.pooled.scalars()
        #expect(pooled.count == 2048)
        // Sums over 2,000 products in each of 48 layers, in Float32 on both sides.
        for (place, wanted) in fixture.pooled { #expect(abs(pooled[place] - wanted) <= 2e-5 * fixture.largest) }
        let spatial = try #require(try found.spatial?.scalars())
        #expect(spatial.count == 7 * 17 * 17)
        // The reference has channels first, [7, 17 · 17]; ours come last, as in the ADM evaluator.
        for (place, wanted) in fixture.spatial {
            let ours = spatial[place % 289 * 7 + place / 289]
            #expect(abs(ours - wanted) <= 2e-5 * fixture.largestSpatial)
        }
        let logits = try #require(try found.logits?.scalars())
        for (place, wanted) in fixture.logits { #expect(abs(logits[place] - wanted) <= 2e-5 * fixture.largestLogit) }
    }

    /// torch-fidelity's and pytorch-fid's files hold them.
    @Test func theClassifiersBiasAndCountersDoNoHarm() throws {
        let path = FileManager.default.temporaryDirectory.path + "/inception-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let harmless = ["fc.bias", "Conv2d_1a_3x3.bn.num_batches_tracked", "AuxLogits.fc.weight"]
        for (names, isAccepted) in [(harmless, true), (harmless + ["fc.scale"], false)] {
            var writer = try SafetensorsWriter(
                path: path, tensors: names.map { SafetensorsSpec(name: $0, dtype: .float32, shape: [1]) })
            for name in names { try writer.append(name, [Float(0)]) }
            try writer.finish()
            var configuration = InceptionFeaturesConfiguration()
            configuration.weights = WeightsFile(file: path)
            let network = InceptionFeatures(configuration).network
            // The weights themselves are missing; the message names what is unused besides.
            let error = #expect(throws: NetworkWeightsError.self) { try network.load(on: CPUDevice(threads: 1)) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("missing") && text.contains("unused") != isAccepted, "\(text)")
        }
    }
}
