import Foundation
import Swiffuse
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseJiT
import SwiffuseNN
import SwiffusePerceptual
import SwiffuseTensor
import SwiffuseTraining
import Testing

@Suite struct PerceptualTrainingTests {
    private static let encoder = """
        {network: {imageSize: 28, width: 12, depth: 2, headCount: 2}, basePatchSize: 4, weights: {source: random}}
        """

    private static let losses = """
        - {type: repa, weight: 0.5, alignLayer: 1, layer: 1, encoder: \(encoder)}
        - {type: lpips, weight: 0.1, patchSize: 4, gate: {from: 0.3}, weights: {source: random},
           network: {widths: [2, 3, 2, 3, 2], heads: uniform}}
        - {type: p-dino, weight: 0.01, layers: [1], gate: {from: 0.3}, encoder: \(encoder)}
        """

    private static let tinyVGG =
        "weights: {source: random}, network: {widths: [2, 3, 2, 3, 2], heads: uniform}"

    private func run(_ training: String = "{steps: 4, logEvery: 1}", losses: String = losses) throws -> TinyRun {
        let registry = try Registry(plugins: [StandardParts(), JiTPlugin(), PerceptualPlugin()])
        return try TinyRun(training, losses: losses, registry: registry)
    }

    @Test func aResumedRunEndsWithTheSameBytes() throws {
        let tiny = try run("{steps: 4, logEvery: 1, balance: {isOn: true, from: 1, every: 1}}")
        try tiny.train("whole")
        try tiny.train("parts", until: 2)
        try tiny.train("parts", .resuming)
        #expect(try tiny.bytes("whole/checkpoint.safetensors") == tiny.bytes("parts/checkpoint.safetensors"))
        let checkpoint = try Checkpoint(path: tiny.folder("whole").checkpointPath)
        #expect(checkpoint.balance.factor != 1 && checkpoint.balance.factor > 0)
    }

    @Test func everyTermOfTheLossIsLogged() throws {
        let settings = "{steps: 5, ema: [], logEvery: 2, balance: {isOn: true, from: 0, every: 2}}"
        let second = "\n- {type: lpips, weight: 0, patchSize: 4, \(Self.tinyVGG)}"
        let tiny = try run(settings, losses: Self.losses + second)
        let steps = try tiny.train("whole").compactMap { event in
            if case .stepped(let report, _) = event { report } else { nil }
        }
        try tiny.train("parts", until: 3)
        try tiny.train("parts", .resuming)
        let lines = try tiny.lines("whole/log.csv").map { $0.split(separator: ",").map(String.init) }
        let terms = ["clean-image", "repa", "lpips", "p-dino", "lpips-2"]
        #expect(Array(lines[0].prefix(8)) == ["step", "loss"] + terms.map { "loss/" + $0 } + ["balance"])
        #expect(steps.allSatisfy { $0.terms.map(\.name) == terms && $0.balance != nil })
        for line in lines.dropFirst() {
            let numbers = try line.map { try #require(Double($0)) }
            // Sums of Float32, in another order.
            #expect(abs(numbers[2...6].reduce(0, +) - numbers[1]) <= 1e-5 * numbers[1])
            #expect(numbers[6] == 0)
            #expect(steps[Int(numbers[0]) - 1].balance == Float(line[7]))
        }
        let parts = try tiny.lines("parts/log.csv").map { $0.split(separator: ",").map(String.init) }
        #expect(parts.map { $0.dropLast(2) } == lines.map { $0.dropLast(2) })
    }

    @Test func theHeadIsTrainedAndFrozenNetworksAreNotStored() throws {
        let tiny = try run()
        try tiny.train("run")
        let names = try SafetensorsFile(path: tiny.folder("run").checkpointPath).names
        #expect(names.contains("diffusion_trainer.proj.0.0.weight"))
        #expect(!names.contains { $0.contains("net.slice") || $0.contains("cls_token") })
    }

    @Test func theNetworkOfTwoLossesIsLoadedOnce() throws {
        let tiny = try run()
        let model = try DiffusionModel(tiny.recipe, registry: tiny.registry)
        #expect(model.frozenNetworks.count == 3)
        #expect(Set(model.frozenNetworks.map(\.id)).count == 2)
    }

    @Test func withoutLearnedHeadsAllChannelsCountAlike() throws {
        let start = "- {type: lpips, patchSize: 4, weights: {source: random}, network: {widths: [2, 3, 2, 3, 2]"
        let keys = try ["}}", ", heads: uniform}}", "}, headWeights: {source: random}}"].map { rest in
            let tiny = try run(losses: start + rest)
            let network = try DiffusionModel(tiny.recipe, registry: tiny.registry).frozenNetworks[0]
            return network.scope.parameters.map(\.key).filter { $0.hasPrefix("lin") }
        }
        #expect(keys.map(\.count) == [0, 0, 5])
        let strict = try run(losses: start + ", heads: learned}}")
        #expect { _ = try strict.open("run") } throws: { "\($0)".contains("headWeights.file") }
    }

    /// Two losses with the same encoder and other blocks: one pass over the true images serves both.
    @Test func referenceFeaturesOfAllBlocksAreFoundAtOnce() throws {
        let tiny = try run(
            losses: """
                - {type: repa, alignLayer: 1, layer: 0, encoder: \(Self.encoder)}
                - {type: p-dino, layers: [1], gate: {from: 0.3}, encoder: \(Self.encoder)}
                """)
        let model = try DiffusionModel(tiny.recipe, registry: tiny.registry)
        let recalls = { (times: [Float]) in model.losses.map { $0.loss.recalls(at: times) } }
        #expect(recalls([0.2, 0.4]).map(\.count) == [1, 1])
        #expect(recalls([0.2, 0.1]).map(\.count) == [1, 0])
        let device = try CPUDevice(threads: 1)
        let networks = try FrozenNetworks(loading: model.frozenNetworks, on: device)
        let images = Tensor.random(.normal, [2, 3, 8, 8], from: Philox(seed: 3), on: device)
        let tap = try #require(model.losses.flatMap(\.loss.taps).first)
        let width = try #require(model.backbone.featureSpec(at: tap)?.width)
        let values = [true, false].map { isAnnounced in
            let context = LossContext(
                times: [0.2, 0.4], features: [tap: Tensor.ones([2, 4, width], on: device)],
                pass: Pass(ParameterStore(model.scope, seed: 0, on: device)), networks: networks,
                recalls: isAnnounced ? Set(recalls([0.2, 0.4]).flatMap { $0 }) : [])
            return model.losses.map { $0.loss.values(of: images * 0.5, reference: images, in: context) }
        }
        for (first, second) in zip(values[0], values[1]) { #expect(try first.scalars() == second.scalars()) }
    }

    @Test func aNetworkWithoutWeightsStopsTheRunBeforeAnythingIsWritten() throws {
        let tiny = try run(losses: "- {type: p-dino, encoder: {basePatchSize: 4}}")
        #expect { _ = try tiny.open("run") } throws: { "\($0)".contains("encoder.weights.file") }
        #expect(!FileManager.default.fileExists(atPath: tiny.path + "/run"))
    }

    @Test func errorsOfWeightsNameTheLossInTheRecipe() throws {
        let missing = "\n- {type: lpips, patchSize: 4, network: {widths: [2, 3, 2, 3, 2], heads: uniform}}"
        let tiny = try run(losses: "- {type: lpips, patchSize: 4, \(Self.tinyVGG)}" + missing)
        let error = #expect(throws: NetworkWeightsError.self) { try tiny.open("run") }
        #expect(error?.description.hasPrefix("losses.1: the lpips loss needs the weights") == true)
    }

    @Test func aRunNamesItsWeightsByTheirChecksum() throws {
        let tiny = try run(losses: "[]")
        let file = tiny.path + "/weights.bin"
        try Data("weights".utf8).write(to: URL(fileURLWithPath: file))
        var configuration = LPIPSLossConfiguration()
        configuration.patchSize = 4
        configuration.network.heads = .uniform
        configuration.weights.file = file
        configuration.headWeights.file = "heads that nobody reads"
        tiny.recipe.losses = [WeightedPart(try Part(LPIPSLoss.self, configuration), weight: 1)]
        let named = try tiny.recipe.namingWeights(registry: tiny.registry)
        let hash = try SHA256.hexadecimal(ofFile: file)
        #expect(try named.tree().canonicalJSON.contains(hash))
        try Data("others".utf8).write(to: URL(fileURLWithPath: file))
        #expect { _ = try named.namingWeights(registry: tiny.registry) } throws: {
            "\($0)".contains("losses.0.weights.sha256")
        }
        try FileManager.default.removeItem(atPath: file)
        #expect { _ = try named.namingWeights(registry: tiny.registry) } throws: {
            "\($0)".contains("losses.0.weights.file")
        }
    }

    @Test func aPrefixLeavesOutWhatTheLossesDeclared() throws {
        let tiny = try run("{steps: 1, ema: []}")
        try tiny.train("run")
        let checkpoint = try Checkpoint(path: tiny.folder("run").checkpointPath)
        for (prefix, hasHead) in [("", true), ("net.", false)] {
            let path = tiny.path + "/weights.safetensors"
            try WeightsExport(prefix: prefix).write(checkpoint, registry: tiny.registry, to: path)
            let names = try SafetensorsFile(path: path).names
            #expect(names.contains { $0.hasPrefix(prefix + "blocks.") })
            #expect(names.contains { $0.contains("diffusion_trainer.proj") } == hasHead)
        }
    }

    @Test func misspeltKeysOfEveryLossAreAdvised() {
        #expect { _ = try run(losses: "- {type: lpips, patchSize: 4, wieght: 1}") } throws: {
            "\($0)".contains("losses.0.wieght") && "\($0)".contains("did you mean weight?")
                && "\($0)".contains("gate")
        }
    }

    @Test func aGateThatIsWrittenHasThePapersThreshold() throws {
        for (gate, from, convention) in [
            ("", 0, GateConfiguration.Convention.official), (", gate: {}", 0.3, .official),
            (", gate: null", 0.3, .official), (", gate: {convention: paper}", 0.3, .paper),
            (", gate: {from: 0.7}", 0.7, .official), (", gate: {from: 0}", 0, .official),
        ] {
            let recipe = try run(losses: "- {type: lpips, patchSize: 4\(gate)}").recipe
            #expect(recipe.losses[0].gate == GateConfiguration(from: from, convention: convention))
            let again = try Recipe(try recipe.tree(), registry: run().registry)
            #expect(again.losses[0].gate == recipe.losses[0].gate)
        }
    }

    @Test func aChangedWeightsFileIsNamedAtItsPlace() throws {
        let tiny = try run()
        var tree = try #require(try tiny.recipe.tree().map)
        func losses(_ texts: String...) throws -> RecipeValue {
            tree["losses"] = .list(try texts.map { try RecipeValue(yaml: $0) })
            return .map(tree)
        }
        func encoder(_ sum: String) -> String {
            "{type: repa, encoder: {weights: {source: file, file: dino.pth, sha256: \(sum)}}}"
        }
        let (old, new) = ("0123456789abcdef", "fedcba9876543210")
        let before = try losses("{type: lpips, weight: 0.1}", encoder(old))
        #expect(before.firstDifference(from: before) == nil)
        #expect(
            before.firstDifference(from: try losses("{type: lpips, weight: 0.1}", encoder(new)))
                == "losses.1.encoder.weights: the file dino.pth changed (SHA-256 fedcba987654…, was 0123456789ab…)")
        #expect(
            before.firstDifference(from: try losses("{type: lpips, weight: 0.5}", encoder(old)))
                == "losses.0.weight was 0.1, is 0.5")
        #expect(before.firstDifference(from: try losses(encoder(old))) == "losses had 2 entries, has 1")
    }

    @Test(arguments: [
        ("- {type: repa, alignLayer: 9, layer: 1, encoder: ENCODER}", "losses.0.alignLayer"),
        ("- {type: repa, alignLayer: 1, layer: 2, encoder: ENCODER}", "losses.0.layer"),
        ("- {type: p-dino, layers: [], encoder: ENCODER}", "losses.0.layers"),
        ("- {type: p-dino, layers: [1, 1], encoder: ENCODER}", "losses.0.layers.1"),
        ("- {type: p-dino, layers: [1], encoder: {basePatchSize: 3}}", "losses.0.encoder.basePatchSize"),
        ("- {type: repa, alignLayer: 1, encoder: {basePatchSize: 8}}", "losses.0.encoder.basePatchSize"),
        ("- {type: lpips}", "losses.0.patchSize"),
        ("- {type: lpips, patchSize: 4, gate: {from: 2}}", "losses.0.gate.from"),
        ("- {type: lpips, patchSize: 4, network: {widths: [1, 2]}}", "losses.0.network.widths"),
        ("- {type: lpips, patchSize: 4, weights: {sha256: abc}}", "losses.0.weights.sha256"),
    ])
    func mistakesAreFoundWithTheirPlace(_ losses: String, _ place: String) throws {
        let text = losses.replacingOccurrences(of: "ENCODER", with: Self.encoder)
        #expect {
            let tiny = try run(losses: text)
            _ = try DiffusionModel(tiny.recipe, registry: tiny.registry)
        } throws: { error in (error as? RecipeError)?.path == place }
    }

    @Test(arguments: [
        ["backbone.decoderDepth=2", "backbone.decoderWidth=5"], ["backbone.type=dit"],
        ["backbone.type=deco", "backbone.decoderDepth=1"], ["backbone.type=pixnerd"],
    ])
    func everyBackboneIsBalanced(_ changes: [String]) throws {
        let settings = "{steps: 2, ema: [], balance: {isOn: true, from: 0, every: 1}}"
        let tiny = try TinyRun(settings, losses: Self.losses, registry: Registry.standard)
        let overrides = try changes.map { try RecipeOverride($0) }
        tiny.recipe = try Recipe(try tiny.recipe.tree(), overrides: overrides, registry: tiny.registry)
        try tiny.train("run")
        let factor = try Checkpoint(path: tiny.folder("run").checkpointPath).balance.factor
        #expect(factor != 1 && factor > 0)
    }

    @Test func anUpdateOfSeveralBatchesMovesTheBalanceOnce() throws {
        let factors = try [1, 3].map { accumulation in
            let settings =
                "{steps: 1, accumulation: \(accumulation), ema: [], balance: {isOn: true, from: 0, every: 1}}"
            let tiny = try TinyRun(settings, losses: Self.losses, registry: Registry.standard)
            try tiny.train("run")
            return try Checkpoint(path: tiny.folder("run").checkpointPath).balance.factor
        }
        #expect(factors[0] != 1 && factors[0] == factors[1])
    }

    @Test func balancingNeedsALastLayer() throws {
        struct Plain: Backbone, Component {
            static let key = "plain"
            static let summary = "a single factor"
            let factor: Parameter
            init(_ configuration: NoConfiguration, in context: BuildContext) {
                factor = context.scope.parameter("factor", [1], initial: .ones)
            }
            func predict(
                _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
            ) -> BackboneOutput { BackboneOutput(raw: noisy * pass(factor)) }
        }
        var registry = try Registry(plugins: [StandardParts()])
        try registry.register(backbone: Plain.self)
        let recipe = try Recipe(yaml: "{backbone: plain, training: {balance: {isOn: true}}}", registry: registry)
        #expect { _ = try DiffusionModel(recipe, registry: registry) } throws: { error in
            (error as? RecipeError)?.path == "training.balance.isOn"
        }
    }

    @Test func thePresetsAreTheModelsOfThePaper() throws {
        let registry = try Registry(plugins: [StandardParts(), JiTPlugin(), PerceptualPlugin()])
        let sizes = ["pixelgen-l": 458_877_664, "pixelgen-xl": 676_699_200, "pixelgen-xl-without-cfg": 676_699_200]
        for (name, trainable) in sizes {
            let recipe = try registry.preset(name).recipe(registry: registry)
            let parameters = try DiffusionModel(recipe, registry: registry).scope.parameters
            let backbone = parameters.filter { $0.isTrainable && !$0.key.hasPrefix("diffusion_trainer.") }
            #expect(backbone.reduce(0) { $0 + $1.shape.count } == trainable)
            #expect(recipe.losses.map(\.weight) == [0.5, 0.1, 0.01])
            #expect(recipe.losses.map(\.gate.from) == [0, 0.3, 0.3])
        }
        let baseline = try registry.preset("pixelgen-l-baseline").recipe(registry: registry)
        let aligned = try #require(try baseline.tree()["losses"]?.list?.first)
        #expect(baseline.losses.count == 1 && !baseline.training.balance.isOn)
        #expect(aligned["type"] == "repa" && aligned["weight"] == 0.5 && aligned["alignLayer"] == 8)
    }
}
