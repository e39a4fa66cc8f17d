import MixerParts
import Swiffuse
import SwiffuseTesting
import Testing

/// The parts do what every part of their kind must do.
@Suite struct ConformanceTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 1) }

    @Test(arguments: [3, 0]) func theBackboneConforms(_ classCount: Int) throws {
        var configuration = MixerConfiguration()
        (configuration.patchSize, configuration.width, configuration.depth) = (4, 16, 2)
        let model = ModelSpec(image: ImageSpec(channels: 2, height: 12, width: 8), classCount: classCount)
        let scope = Scope()
        let mixer = try Mixer(configuration, in: BuildContext(model: model, scope: scope))
        #expect(try BackboneConformance.findings(for: mixer, declaredIn: scope, model: model, on: device) == [])
    }

    @Test func theSolverHasOrderFour() throws {
        #expect(try SolverConformance.findings(for: RungeKuttaSolver(), order: 4, on: device) == [])
    }

    @Test func theTimesConform() {
        #expect(TimeSamplerConformance.findings(for: LowDiscrepancyTimes()) == [])
    }

    @Test func theLossConforms() throws {
        let image = ImageSpec(channels: 3, height: 5, width: 7)
        #expect(
            try PerceptualLossConformance.findings(for: EdgeLoss(), image: image, networks: .none, on: device) == [])
    }

    /// The kits say the same of the parts that a recipe takes over from the library.
    @Test func theRestOfThePresetConforms() throws {
        #expect(try TargetConformance.findings(for: CleanImageTarget(), on: device) == [])
        #expect(PathConformance.findings(for: LinearPath()) == [])
        let guidance = ClassifierFreeGuidance(scale: 2, interval: GuidanceInterval(low: 0.1, high: 0.95))
        #expect(try GuidanceConformance.findings(for: guidance, on: device) == [])
        #expect(try DeviceConformance.findings(for: device) == [])
    }
}
