import ArgumentParser
import Swiffuse

/// A JiT of a customary size, for measurements that compare from machine to machine.
enum BenchSize: String, CaseIterable, ExpressibleByArgument {
    case tiny
    case base = "B"
    case large = "L"

    /// The model's settings: tiny draws 32² in patches of 4, B and L are the paper's at 256².
    var recipe: Recipe {
        get throws {
            var backbone = JiTConfiguration()
            switch self {
            case .tiny:
                (backbone.patchSize, backbone.hiddenSize, backbone.depth, backbone.headCount) = (4, 256, 8, 4)
                (backbone.bottleneckSize, backbone.inContextLength, backbone.inContextStart) = (64, 4, 2)
            case .base:
                (backbone.patchSize, backbone.hiddenSize, backbone.depth, backbone.headCount) = (16, 768, 12, 12)
                (backbone.bottleneckSize, backbone.inContextLength, backbone.inContextStart) = (128, 32, 4)
            case .large:
                (backbone.patchSize, backbone.hiddenSize, backbone.depth, backbone.headCount) = (16, 1024, 24, 16)
                (backbone.bottleneckSize, backbone.inContextLength, backbone.inContextStart) = (128, 32, 8)
            }
            let side = self == .tiny ? 32 : 256
            return try Recipe(
                backbone: Part(JiT.self, backbone), image: ImageSpec(channels: 3, height: side, width: side),
                classes: 1000,
                name: "JiT-\(rawValue)")
        }
    }

    /// Width, tokens and heads, for measurements of single operations.
    var shapes: (width: Int, tokens: Int, heads: Int) {
        switch self {
        case .tiny: (256, 68, 4)
        case .base: (768, 288, 12)
        case .large: (1024, 288, 16)
        }
    }
}
