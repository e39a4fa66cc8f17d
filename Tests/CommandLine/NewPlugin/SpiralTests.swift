import Swiffuse
import SwiffuseTesting
import Testing

@Suite struct SpiralTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 1) }

    @Test(arguments: [3, 0]) func theBackboneConforms(_ classCount: Int) throws {
        var configuration = SpiralBackbone.Configuration()
        (configuration.width, configuration.depth) = (16, 2)
        let model = ModelSpec(image: ImageSpec(channels: 2, height: 12, width: 8), classCount: classCount)
        let scope = Scope()
        let network = try SpiralBackbone(configuration, in: BuildContext(model: model, scope: scope))
        #expect(try BackboneConformance.findings(for: network, declaredIn: scope, model: model, on: device) == [])
    }

    @Test func thePresetIsAModel() throws {
        let registry = try Registry.standard(adding: [SpiralPlugin()])
        let recipe = try registry.preset("fashion-mnist-spiral").recipe(registry: registry)
        let model = try DiffusionModel(recipe, registry: registry)
        let cost = try CostEstimate(model, registry: registry, kernels: device.kernels, samplingBatch: 1)
        #expect(cost.updateOperations > 0)
    }

    @Test func patchesThatDoNotTileAreRefused() throws {
        let model = ModelSpec(image: ImageSpec(channels: 1, height: 8, width: 10), classCount: 0)
        #expect { try SpiralBackbone.validate(SpiralBackbone.Configuration(), for: model) } throws: {
            "\($0)".contains("patchSize: found 4")
        }
    }
}
