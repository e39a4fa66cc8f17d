import SwiffuseDiffusion
import SwiffuseNN

/// Under which names files keep DINOv2: upstream's, or those of Hugging Face's Dinov2Model, with or without
/// the prefix that its other classes have.
enum DINOv2Names {
    /// What stands before the names in files of Hugging Face's classes that contain the network.
    private static let prefixes = ["", "dinov2.", "dinov2_with_registers."]

    static func names(of parameter: Parameter) -> StoredNames {
        let others = huggingFace(parameter.key)
        return StoredNames(alternatives: [[parameter.key]] + prefixes.map { prefix in others.map { prefix + $0 } })
    }

    /// All names of a parameter outside the blocks.
    static func outside(_ key: String) -> [String] {
        [key] + prefixes.map { $0 + huggingFace(key)[0] }
    }

    /// All names of a parameter that is one tensor in each block, by the block's number.
    static func inBlock(_ key: String) -> [(Int) -> String] {
        [{ "blocks.\($0).\(key)" }]
            + prefixes.map { prefix in { prefix + huggingFace("blocks.\($0).\(key)")[0] } }
    }

    /// The mask token, which only DINOv2's training uses, and classifiers of Hugging Face's files and of own encoders.
    static func isIgnored(_ name: String) -> Bool {
        name.hasSuffix("mask_token") || name.hasPrefix("classifier.") || name.hasPrefix("head.")
    }

    private static func huggingFace(_ key: String) -> [String] {
        let parts = key.split(separator: ".").map(String.init)
        guard parts[0] == "blocks", parts.count > 2 else { return [huggingFace(outside: key)] }
        let layer = "encoder.layer.\(parts[1])."
        let rest = parts.dropFirst(2).joined(separator: ".")
        for (upstream, name) in blockNames where rest.hasPrefix(upstream) {
            return name.map { layer + $0 + rest.dropFirst(upstream.count) }
        }
        return [layer + rest]
    }

    private static let blockNames: [(String, [String])] = [
        ("attn.qkv", ["query", "key", "value"].map { "attention.attention." + $0 }),
        ("attn.proj", ["attention.output.dense"]),
        ("ls1.gamma", ["layer_scale1.lambda1"]),
        ("ls2.gamma", ["layer_scale2.lambda1"]),
        ("mlp.w12", ["mlp.weights_in"]),
        ("mlp.w3", ["mlp.weights_out"]),
    ]

    private static func huggingFace(outside key: String) -> String {
        switch key {
        case "cls_token": "embeddings.cls_token"
        case "pos_embed": "embeddings.position_embeddings"
        case "register_tokens": "embeddings.register_tokens"
        case "norm.weight": "layernorm.weight"
        case "norm.bias": "layernorm.bias"
        default: key.replacing("patch_embed.proj", with: "embeddings.patch_embeddings.projection")
        }
    }
}
