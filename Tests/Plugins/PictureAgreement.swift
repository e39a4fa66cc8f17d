import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor
import Testing

/// Whether a network draws the same pictures on two devices: 50 steps of Heun's method with guidance.
struct PictureAgreement {
    private let backbone: any Backbone
    private let model: ModelSpec

    init(_ backbone: any Backbone, _ model: ModelSpec) {
        self.backbone = backbone
        self.model = model
    }

    /// At most 1/255 apart in 99.9 % of the values, and 3/255 in all.
    ///
    /// - Parameters:
    ///   - first, second: the same parameters on two devices.
    func check(_ first: ParameterStore, _ second: ParameterStore) throws {
        let (a, b) = (try values(first), try values(second))
        try #require(a.count == b.count && a.allSatisfy(\.isFinite))
        // Unclipped, so that a picture beyond the range of colours is compared too.
        let differences = zip(a, b).map { abs($0 - $1) * 255 / 2 }
        #expect(differences.allSatisfy { $0 <= 3 }, "\(differences.max() ?? 0)/255")
        #expect(differences.count { $0 > 1 } * 1000 <= differences.count)
    }

    private func values(_ store: ParameterStore) throws -> [Float] {
        let sampler = DiffusionSampler(
            backbone: backbone, solver: HeunSolver(),
            guidance: ClassifierFreeGuidance(scale: 2, interval: GuidanceInterval(low: 0.1, high: 0.9)),
            grid: TimeGrid(stepCount: 50))
        return try sampler.sample(
            from: DiffusionSampler.noise(seeds: [1, 2, 3], image: model.image, on: store.device),
            condition: .classes([0, 1, 0], of: model, on: store.device), in: Pass(store)
        ).images.scalars()
    }
}
