import Foundation
import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffusePerceptual
import SwiffuseTensor
import Testing

@Suite final class NetworkWeightsTests {
    private let device: CPUDevice
    private let folder = FileManager.default.temporaryDirectory.path + "/weights-" + UUID().uuidString
    private let context = BuildContext(
        model: ModelSpec(image: ImageSpec(channels: 3, height: 32, width: 32), classCount: 0))

    init() throws {
        device = try CPUDevice(threads: 1)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @Test func torchvisionKeysAreFound() throws {
        var configuration = try lpips()
        let network = try LPIPSLoss(configuration, in: context).networks[0]
        configuration.weights.file = try write(network.scope.parameters.filter { $0.key.hasPrefix("net.") }) {
            "features." + $0.split(separator: ".").suffix(2).joined(separator: ".")
        }
        let loaded = try LPIPSLoss(configuration, in: context).networks[0].load(on: device)
        try expectNumbered(loaded)
    }

    @Test func huggingFaceKeysAreFound() throws {
        var configuration = try dino()
        let network = try PDINOLoss(configuration, in: context).networks[0]
        let joint = network.scope.parameters.filter { $0.key.contains("attn.qkv") }
        let others = network.scope.parameters.filter { !$0.key.contains("attn.qkv") }
        var tensors = others.map { (name(hub: $0.key), $0.shape.dimensions, values(of: $0)) }
        for parameter in joint {
            let part = parameter.shape[0] / 3
            let numbers = values(of: parameter)
            let size = numbers.count / 3
            for (index, letter) in ["query", "key", "value"].enumerated() {
                let name =
                    "encoder.layer.0.attention.attention.\(letter)."
                    + (parameter.key.hasSuffix("weight") ? "weight" : "bias")
                tensors.append(
                    (
                        name, [part] + parameter.shape.dimensions.dropFirst(),
                        Array(numbers[index * size..<(index + 1) * size])
                    ))
            }
        }
        configuration.encoder.weights.file = try write(tensors)
        try expectNumbered(try PDINOLoss(configuration, in: context).networks[0].load(on: device))
    }

    @Test func whatIsMissingOrOfAnotherSizeIsNamed() throws {
        var configuration = try lpips()
        #expect {
            _ = try LPIPSLoss(configuration, in: context).networks[0].load(on: device)
        } throws: { "\($0)".contains("set its weights.file") }
        configuration.weights.file = try write([("features.0.weigth", [3, 3, 3, 3], [Float](repeating: 0, count: 81))])
        #expect {
            _ = try LPIPSLoss(configuration, in: context).networks[0].load(on: device)
        } throws: { "\($0)".contains("features.0.weight") && "\($0)".contains("most similar") }
        configuration.weights.file = try write([("features.0.weight", [4, 3, 3, 3], [Float](repeating: 0, count: 108))])
        #expect {
            _ = try LPIPSLoss(configuration, in: context).networks[0].load(on: device)
        } throws: { "\($0)".contains("is [4, 3, 3, 3], the network needs [2, 3, 3, 3]") }
    }

    @Test func partsOfAnotherShapeAreNamed() throws {
        var configuration = try dino()
        let parts = ["query", "key", "value"].map { "encoder.layer.0.attention.attention.\($0)" }
        var tensors = parts.map { ($0 + ".weight", [6, $0.hasSuffix("value") ? 5 : 6]) }
        tensors += parts.map { ($0 + ".bias", [6]) }
        let others = try PDINOLoss(configuration, in: context).networks[0].scope.parameters
            .filter { !$0.key.contains("attn.qkv") }.map { (name(hub: $0.key), $0.shape.dimensions) }
        configuration.encoder.weights.file = try write(shapes: tensors + others)
        #expect {
            _ = try PDINOLoss(configuration, in: context).networks[0].load(on: device)
        } throws: { "\($0)".contains("1 of another shape: '\(parts[2]).weight' is [6, 5], the network needs [6, 6]") }
    }

    @Test func everythingThatDoesNotMatchIsReportedTogether() throws {
        var configuration = try dino()
        configuration.encoder.network.registerCount = 0
        let parameters = try PDINOLoss(configuration, in: context).networks[0].scope.parameters
        let own = parameters.map { ($0.key, $0.shape.dimensions) }
        let harmless = [("mask_token", [1, 6]), ("head.weight", [3, 6]), ("head.bias", [3])]
        configuration.encoder.weights.file = try write(shapes: own + harmless)
        try expectLoads(PDINOLoss(configuration, in: context))
        for (further, words) in [
            ([("register_tokens", [1, 4, 6])], "1 unused: register_tokens"),
            ([("blocks.1.norm1.weight", [6]), ("blocks.77.norm1.weight", [6])], "2 unused: blocks.1.norm1.weight"),
        ] {
            configuration.encoder.weights.file = try write(shapes: own + further)
            #expect {
                _ = try PDINOLoss(configuration, in: context).networks[0].load(on: device)
            } throws: { "\($0)".contains(words) }
        }
        configuration.encoder.weights.file = try write(shapes: Array(own.dropFirst(2)) + [("cls_tokens", [1, 1, 6])])
        #expect {
            _ = try PDINOLoss(configuration, in: context).networks[0].load(on: device)
        } throws: {
            let text = "\($0)"
            return text.contains("2 missing: cls_token") && text.contains("1 unused: cls_tokens")
                && text.contains("the most similar name is 'cls_tokens'")
        }
    }

    @Test func adviceNamesOnlyTensorsThatNobodyUses() throws {
        var configuration = try dino()
        let parameters = try PDINOLoss(configuration, in: context).networks[0].scope.parameters
        let shapes = parameters.filter { $0.key != "blocks.0.norm1.weight" }.map { ($0.key, $0.shape.dimensions) }
        // Nearer is blocks.0.norm2.weight, but that is in use.
        configuration.encoder.weights.file = try write(shapes: shapes + [("blocks.0.norm1.wght", [6])])
        #expect {
            _ = try PDINOLoss(configuration, in: context).networks[0].load(on: device)
        } throws: { "\($0)".contains("the most similar name is 'blocks.0.norm1.wght'") }
    }

    @Test func secondNamesOfAParameterMustHoldTheSame() throws {
        var configuration = try lpips()
        configuration.network.heads = .learned
        let parameters = try LPIPSLoss(configuration, in: context).networks[0].scope.parameters
        let heads = parameters.filter { $0.key.hasPrefix("lin") }
        configuration.weights.file = try write(parameters) { $0 }
        let own = heads.map { ($0.key, $0.shape.dimensions, values(of: $0)) }
        let twins = own.map { ("lins." + $0.0.dropFirst("lin".count), $0.1, $0.2) }
        #expect(twins[0].0 == "lins.0.model.1.weight")
        configuration.headWeights.file = try write(own + twins)
        try expectNumbered(try LPIPSLoss(configuration, in: context).networks[0].load(on: device))

        var others = twins
        others[1].2[0] += 1
        configuration.headWeights.file = try write(own + others)
        #expect {
            _ = try LPIPSLoss(configuration, in: context).networks[0].load(on: device)
        } throws: {
            let text = "\($0)"
            return text.contains("'lin1.model.1.weight' and 'lins.1.model.1.weight' are one parameter but differ")
                && text.contains("1 contradictory") && text.contains("a file that has each parameter once")
        }
        others[1] = (twins[1].0, [1, 1, 1, 1], [1])
        configuration.headWeights.file = try write(own + others)
        #expect {
            _ = try LPIPSLoss(configuration, in: context).networks[0].load(on: device)
        } throws: { "\($0)".contains("'lin1.model.1.weight' and 'lins.1.model.1.weight'") }
    }

    @Test func theFormatIsToldByTheFilesBytes() throws {
        var configuration = try lpips()
        let parameters = try LPIPSLoss(configuration, in: context).networks[0].scope.parameters
        let shapes = parameters.map { ($0.key, $0.shape.dimensions) }
        // What the package's file and torchvision's hold besides.
        let others = [("lin0.model.1.weight", [1, 2, 1, 1]), ("scaling_layer.shift", [3]), ("classifier.0.bias", [2])]
        let path = folder + "/weights"
        try FileManager.default.moveItem(atPath: try write(shapes: shapes + others), toPath: path)
        configuration.weights.file = path
        try expectLoads(LPIPSLoss(configuration, in: context))
        // An ending of PyTorch's does not change what the bytes are.
        try FileManager.default.moveItem(atPath: path, toPath: path + ".pth")
        configuration.weights.file = path + ".pth"
        try expectLoads(LPIPSLoss(configuration, in: context))
    }

    @Test func settingsOfAnEncodersFileMustBeItsOwn() throws {
        var own = EncoderConfiguration()
        own.architecture = .vit
        own.transformer = try dino().encoder.network
        own.image = ImageSpec(channels: 3, height: 28, width: 28)
        let encoder = try Encoder(own)
        let path = folder + "/encoder.safetensors"
        try EncoderFile.write(
            ParameterStore(encoder.scope, seed: 3, on: device), of: own, summary: "a test", to: path)
        var configuration = try dino()
        configuration.encoder.weights.file = path
        try expectLoads(PDINOLoss(configuration, in: context))
        #expect(try DINOv2Configuration(fitting: try TensorFiles.open(path)) == own.transformer)
        configuration.encoder.network.headCount = 3
        #expect {
            _ = try PDINOLoss(configuration, in: context).networks[0].load(on: device)
        } throws: { "\($0)".contains("was trained with headCount 2, the network is set to 3; set the network as in") }
        configuration.encoder.network.interpolationAntialias.toggle()
        #expect {
            _ = try PDINOLoss(configuration, in: context).networks[0].load(on: device)
        } throws: {
            let text = "\($0)"
            return ["headCount 2, the network is set to 3; ", "interpolationAntialias "].allSatisfy(text.contains)
        }
    }

    @Test(arguments: [0, 4], DINOv2Configuration.FeedForward.allCases)
    func settingsFitAFileOfDINOv2(_ registers: Int, _ feedForward: DINOv2Configuration.FeedForward) throws {
        var wanted = DINOv2Configuration()
        (wanted.width, wanted.depth, wanted.headCount, wanted.imageSize) = (128, 3, 2, 42)
        (wanted.registerCount, wanted.feedForward) = (registers, feedForward)
        if registers > 0 { (wanted.interpolationOffset, wanted.interpolationAntialias) = (0, true) }
        var configuration = DINOv2FeaturesConfiguration()
        configuration.network = wanted
        let parameters = try DINOv2Features(configuration).network.scope.parameters
        for prefix in [nil, "", "dinov2.", "dinov2_with_registers."] {
            let shapes = parameters.map { parameter in
                (prefix.map { $0 + hub(parameter.key) } ?? parameter.key, parameter.shape.dimensions)
            }
            let file = try TensorFiles.open(try write(shapes: shapes))
            #expect(DINOv2Configuration.isDINOv2(file))
            #expect(try DINOv2Configuration(fitting: file) == wanted, "\(prefix ?? "upstream")")
        }
        let other = try TensorFiles.open(try write(shapes: [("cls_token", [1, 1, 6])]))
        #expect(try DINOv2Configuration(fitting: other) == nil)
    }

    @Test func theNumberOfHeadsIsNotGuessed() throws {
        var configuration = DINOv2FeaturesConfiguration()
        configuration.network = try dino().encoder.network
        let parameters = try DINOv2Features(configuration).network.scope.parameters
        let file = try TensorFiles.open(try write(shapes: parameters.map { ($0.key, $0.shape.dimensions) }))
        #expect {
            _ = try DINOv2Configuration(fitting: file)
        } throws: { "\($0)".contains("does not tell the number of heads of width 6") }
        #expect(try DINOv2Configuration(fitting: file, headCount: 2)?.headCount == 2)
    }

    @Test func theIdentityOfFeaturesHasEverySettingOfTheNetwork() throws {
        var configuration = DINOv2FeaturesConfiguration()
        configuration.network = try dino().encoder.network
        let settings = try DINOv2Features(configuration).settings
        configuration.network.headCount = 3
        #expect(try DINOv2Features(configuration).settings != settings)
        configuration.network.headCount = 2
        configuration.weights.file = "elsewhere.pth"
        #expect(try DINOv2Features(configuration).settings == settings)
    }

    @Test func equalSettingsShareANetwork() throws {
        let first = try PDINOLoss(dino(), in: context).networks[0]
        let second = try PDINOLoss(dino(), in: context).networks[0]
        var other = try dino()
        other.encoder.weights.file = "elsewhere.pth"
        #expect(first.id == second.id)
        #expect(try PDINOLoss(other, in: context).networks[0].id != first.id)
    }

    private func lpips() throws -> LPIPSLossConfiguration {
        var configuration = LPIPSLossConfiguration()
        configuration.network.widths = [2, 3, 2, 3, 2]
        configuration.network.heads = .uniform
        return configuration
    }

    private func dino() throws -> PDINOConfiguration {
        var configuration = PDINOConfiguration()
        configuration.encoder.network.imageSize = 28
        configuration.encoder.network.width = 6
        configuration.encoder.network.depth = 1
        configuration.encoder.network.headCount = 2
        configuration.encoder.network.registerCount = 1
        configuration.layers = [0]
        return configuration
    }

    /// Hugging Face's names, spelt out.
    private func name(hub key: String) -> String {
        let table = [
            "cls_token": "embeddings.cls_token", "pos_embed": "embeddings.position_embeddings",
            "register_tokens": "embeddings.register_tokens",
            "patch_embed.proj.weight": "embeddings.patch_embeddings.projection.weight",
            "patch_embed.proj.bias": "embeddings.patch_embeddings.projection.bias",
            "norm.weight": "layernorm.weight", "norm.bias": "layernorm.bias",
            "blocks.0.attn.proj.weight": "encoder.layer.0.attention.output.dense.weight",
            "blocks.0.attn.proj.bias": "encoder.layer.0.attention.output.dense.bias",
            "blocks.0.ls1.gamma": "encoder.layer.0.layer_scale1.lambda1",
            "blocks.0.ls2.gamma": "encoder.layer.0.layer_scale2.lambda1",
        ]
        return table[key] ?? key.replacingOccurrences(of: "blocks.0", with: "encoder.layer.0")
    }

    /// Hugging Face's names of any block, as far as they tell the size.
    private func hub(_ key: String) -> String {
        guard key.hasPrefix("blocks") else { return name(hub: key) }
        return key.replacingOccurrences(of: "blocks", with: "encoder.layer")
            .replacingOccurrences(of: "ls1.gamma", with: "layer_scale1.lambda1")
            .replacingOccurrences(of: "mlp.w12", with: "mlp.weights_in")
    }

    /// Numbers that tell the parameter and the place in it.
    private func values(of parameter: Parameter) -> [Float] {
        (0..<parameter.shape.count).map { Float(parameter.index * 10_000 + $0) }
    }

    private func expectNumbered(_ store: ParameterStore) throws {
        for parameter in store.parameters { #expect(try store[parameter].scalars() == values(of: parameter)) }
    }

    private func expectLoads(_ loss: some PerceptualLoss) throws {
        let network = loss.networks[0]
        let loaded = try network.load(on: device)
        #expect(loaded.parameters.count == network.scope.parameters.count)
    }

    private func write(shapes: [(String, [Int])]) throws -> String {
        try write(shapes.map { ($0, $1, [Float](repeating: 0.5, count: $1.reduce(1, *))) })
    }

    private func write(_ parameters: [Parameter], named name: (String) -> String) throws -> String {
        try write(parameters.map { (name($0.key), $0.shape.dimensions, values(of: $0)) })
    }

    private func write(_ tensors: [(String, [Int], [Float])]) throws -> String {
        let path = "\(folder)/\(UUID().uuidString).safetensors"
        let specs = tensors.map { SafetensorsSpec(name: $0.0, dtype: .float32, shape: $0.1) }
        var writer = try SafetensorsWriter(path: path, tensors: specs)
        for (name, _, values) in tensors { try writer.append(name, values) }
        try writer.finish()
        return path
    }
}
