import Swiffuse
import SwiffuseTesting
import Testing

/// The standard parts pass their conformance kits, and the kits notice parts that do not.
@Suite struct ConformanceTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 2) }

    @Test(arguments: [(4, 16, 3), (0, 0, 1), (2, 0, 0)])
    func jitConforms(_ contextLength: Int, _ bottleneck: Int, _ classCount: Int) throws {
        var configuration = JiTConfiguration()
        configuration.patchSize = 4
        configuration.hiddenSize = 24
        configuration.headCount = 3
        configuration.depth = 3
        configuration.bottleneckSize = bottleneck
        configuration.inContextLength = contextLength
        configuration.inContextStart = 1
        let model = ModelSpec(image: ImageSpec(channels: 2, height: 12, width: 8), classCount: classCount)
        let scope = Scope()
        let network = try JiT(configuration, in: BuildContext(model: model, scope: scope))
        #expect(try BackboneConformance.findings(for: network, declaredIn: scope, model: model, on: device) == [])
    }

    @Test func jitWithAPixelDecoderConforms() throws {
        var configuration = JiTConfiguration()
        (configuration.patchSize, configuration.hiddenSize, configuration.headCount) = (4, 16, 2)
        (configuration.depth, configuration.bottleneckSize) = (2, 0)
        (configuration.inContextLength, configuration.inContextStart) = (2, 1)
        (configuration.decoderDepth, configuration.decoderWidth) = (2, 6)
        let model = ModelSpec(image: ImageSpec(channels: 3, height: 12, width: 8), classCount: 2)
        let scope = Scope()
        let network = try JiT(configuration, in: BuildContext(model: model, scope: scope))
        #expect(try BackboneConformance.findings(for: network, declaredIn: scope, model: model, on: device) == [])
        #expect(!scope.parameters.contains { $0.key.hasPrefix("final_layer") })
    }

    @Test func aParameterWithoutEffectIsFound() throws {
        struct Lazy: Backbone {
            let used: Parameter
            func predict(
                _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
            ) -> BackboneOutput {
                BackboneOutput(raw: noisy * pass(used) + times.sum())
            }
        }
        let scope = Scope()
        let network = Lazy(used: scope.parameter("used", [1], initial: .ones))
        _ = scope.parameter("forgotten", [2], initial: .ones)
        let model = ModelSpec(image: ImageSpec(channels: 1, height: 3, width: 5), classCount: 0)
        let findings = try BackboneConformance.findings(for: network, declaredIn: scope, model: model, on: device)
        #expect(findings.contains { $0.detail.contains("forgotten") })
        #expect(findings.contains { $0.rule.contains("does not depend on its batch") })
    }

    @Test func perceptualLossesConform() throws {
        let image = ImageSpec(channels: 3, height: 32, width: 32)
        let context = BuildContext(model: ModelSpec(image: image, classCount: 0))
        var lpips = LPIPSLossConfiguration()
        lpips.network.widths = [3, 4, 3, 4, 3]
        lpips.network.heads = .uniform
        lpips.weights = .random
        var dino = PDINOConfiguration()
        dino.encoder.network.imageSize = 42
        dino.encoder.network.width = 12
        dino.encoder.network.headCount = 2
        dino.encoder.network.depth = 2
        dino.encoder.weights = .random
        dino.layers = [0, 1]
        let losses: [any PerceptualLoss] = [
            try LPIPSLoss(lpips, in: context), try PDINOLoss(dino, in: context),
        ]
        for loss in losses {
            let networks = try FrozenNetworks(loading: loss.networks, on: device)
            #expect(
                try PerceptualLossConformance.findings(for: loss, image: image, networks: networks, on: device) == [])
        }
    }

    @Test func aligningFeaturesConforms() throws {
        var configuration = REPAConfiguration()
        configuration.encoder.network.imageSize = 42
        (configuration.encoder.network.width, configuration.encoder.network.headCount) = (12, 2)
        configuration.encoder.network.depth = 2
        configuration.encoder.basePatchSize = 4
        configuration.encoder.weights = .random
        (configuration.layer, configuration.alignLayer) = (1, 1)
        var dit = DiTConfiguration()
        (dit.patchSize, dit.hiddenSize, dit.depth, dit.headCount) = (4, 16, 2, 2)
        let model = ModelSpec(image: ImageSpec(channels: 3, height: 8, width: 12), classCount: 0)
        let backbone = try DiT(dit, in: BuildContext(model: model))
        let scope = Scope()
        let loss = try REPALoss(configuration, in: BuildContext(model: model, scope: scope, backbone: backbone))
        let tap = FeatureTap(enteringBlock: 1)
        let spec = try #require(backbone.featureSpec(at: tap))
        let networks = try FrozenNetworks(loading: loss.networks, on: device)
        #expect(
            try PerceptualLossConformance.findings(
                for: loss, image: model.image, networks: networks, declaredIn: scope, features: [tap: spec], on: device)
                == [])
        let without = try PerceptualLossConformance.findings(for: loss, image: model.image, on: device)
        #expect(without.map(\.rule) == ["the features that the loss wants are given"])
    }

    @Test func frequencyLossConforms() throws {
        for channels in [1, 3] {
            let image = ImageSpec(channels: channels, height: 13, width: 20)
            #expect(try PerceptualLossConformance.findings(for: FrequencyLoss(), image: image, on: device) == [])
        }
    }

    @Test func guidanceConforms() throws {
        let everywhere = GuidanceInterval(low: 0, high: 1)
        #expect(try GuidanceConformance.findings(for: NoGuidance(), on: device) == [])
        for rescale: Float in [0, 0.7] {
            let guidance = ClassifierFreeGuidance(scale: 2.5, interval: everywhere, rescale: rescale)
            #expect(try GuidanceConformance.findings(for: guidance, on: device) == [])
            #expect(
                try GuidanceConformance.findings(for: ChannelGuidance(guidance, channelCount: 3), on: device) == [])
        }
    }

    @Test func guidanceThatAddsSomethingIsFound() throws {
        struct Shifting: Guidance {
            func evaluations(for query: VelocityQuery) -> GuidanceEvaluations { .both }
            func combine(conditional: Tensor, unconditional: Tensor) -> Tensor { conditional + 0.5 }
        }
        let findings = try GuidanceConformance.findings(for: Shifting(), on: device)
        #expect(findings.map(\.rule) == ["where condition makes no difference, nothing is changed"])
    }

    @Test func aDataSourceWithAWrongLabelIsFound() throws {
        #expect(try DataSourceConformance.findings(for: Squares(firstLabel: 0), image: Squares.image) == [])
        let findings = try DataSourceConformance.findings(for: Squares(firstLabel: 2), image: Squares.image)
        #expect(findings.map(\.rule) == ["labels are classes"])
    }

    @Test func aLossThatMixesImagesIsFound() throws {
        struct Mixing: PerceptualLoss {
            func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
                (predicted - reference).squared().mean(over: [1, 2, 3]) + (predicted - reference).squared().mean()
            }
        }
        let findings = try PerceptualLossConformance.findings(
            for: Mixing(), image: ImageSpec(channels: 1, height: 3, width: 5), networks: .none, on: device)
        #expect(findings.contains { $0.rule.contains("does not depend on its batch") })
    }

    @Test func solversConform() throws {
        #expect(try SolverConformance.findings(for: EulerSolver(), order: 1, on: device) == [])
        #expect(try SolverConformance.findings(for: HeunSolver(), order: 2, on: device) == [])
        #expect(try SolverConformance.findings(for: AdamsBashforthSolver(order: 1), order: 1, on: device) == [])
        // Orders above 2 start with a step of order 1, which leaves an error of order 2.
        for order in 2...4 {
            let solver = AdamsBashforthSolver(order: order)
            #expect(try SolverConformance.findings(for: solver, order: 2, on: device) == [])
        }
    }

    @Test func exponentialIntegratorsConform() throws {
        // Their steps are uneven in λ, which leaves a logarithm of the number of steps in the error of order 2.
        #expect(try SolverConformance.findings(for: DPMSolver(), order: 1, on: device) == [])
        for order in 1...3 {
            #expect(try SolverConformance.findings(for: UniPCSolver(order: order), order: 1, on: device) == [])
        }
    }

    @Test func anOrderTooHighIsFound() throws {
        let findings = try SolverConformance.findings(for: EulerSolver(), order: 2, on: device)
        #expect(findings.contains { $0.rule.contains("claimed order") })
    }

    @Test func targetsConform() throws {
        for loss in PredictionSpace.allCases {
            var configuration = TargetConfiguration()
            configuration.loss = loss
            let (image, velocity) = (CleanImageTarget(configuration), VelocityTarget(configuration))
            #expect(try TargetConformance.findings(for: image, on: device) == [])
            #expect(try TargetConformance.findings(for: velocity, on: device) == [])
            #expect(try TargetConformance.findings(for: NoiseTarget(configuration), on: device) == [])
            #expect(try TargetConformance.findings(for: image, along: TrigonometricPath(), on: device) == [])
        }
    }

    @Test func pathsConformButForTheOfficialOne() {
        #expect(PathConformance.findings(for: LinearPath()) == [])
        #expect(PathConformance.findings(for: TrigonometricPath(.paper)) == [])
        #expect(
            PathConformance.findings(for: TrigonometricPath(.official)).contains { $0.rule == "t = 1 is the image" })
    }

    @Test func timeSamplersConform() {
        #expect(TimeSamplerConformance.findings(for: UniformTimes()) == [])
        #expect(TimeSamplerConformance.findings(for: LogitNormalTimes()) == [])
    }

    @Test func fusedOperationsConform() throws {
        let inputs: [OpCaseInput] = [.normal([3, 5, 7]), .normal([7])]
        #expect(try FusedOpConformance.findings(for: RMSNormOp(), inputs: inputs, on: device) == [])
        #expect(try FusedOpConformance.findings(for: SwiGLUOp(), inputs: [.normal([5, 14])], on: device) == [])
    }

    @Test func aWrongGradientIsFound() throws {
        struct Doubled: FusedOp {
            static let name = OpName("doubled")
            func outputs(for inputs: [TensorSpec]) -> [TensorSpec] { inputs }
            func reference(_ inputs: [Tensor]) -> [Tensor] { [inputs[0] + inputs[0].detached()] }
        }
        let findings = try FusedOpConformance.findings(for: Doubled(), inputs: [.normal([3, 5])], on: device)
        #expect(findings.map(\.rule) == ["recorded gradients are the measured ones"])
    }
}

/// Three grey pictures of two classes.
private struct Squares: DataSource, ImageDataset {
    static let image = ImageSpec(channels: 1, height: 5, width: 7)

    let firstLabel: Int
    let count = 3
    let classNames = ["dark", "bright"]

    func label(at index: Int) -> Int { index == 0 ? firstLabel : 1 }

    func image(at index: Int) -> ImageBuffer {
        ImageBuffer(width: 3, height: 4, channels: 1, filledWith: UInt8(index * 100))
    }

    func dataset() -> any ImageDataset { self }

    func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: .pad(0))
    }
}
