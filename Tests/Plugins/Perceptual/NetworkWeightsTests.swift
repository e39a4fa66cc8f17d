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

    /// Numbers that tell the parameter and the place in it.
    private func values(of parameter: Parameter) -> [Float] {
        (0..<parameter.shape.count).map { Float(parameter.index * 10_000 + $0) }
    }

    private func expectNumbered(_ store: ParameterStore) throws {
        for parameter in store.parameters { #expect(try store[parameter].scalars() == values(of: parameter)) }
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
