import Swiffuse

/// Parts that a recipe puts together.
struct Pairing: Sendable {
    let backbone: String
    let target: String
    let path: String
    let times: String
    let solver: String
    let losses: Losses

    /// What a model learns from besides the target's own loss, with networks of toy size and weights of chance.
    enum Losses: String, CaseIterable, Sendable {
        case none, frequency, lpips, dino, repa, all

        var yaml: String {
            switch self {
            case .none: "[]"
            case .frequency: "[\(Self.frequencyLoss)]"
            case .lpips: "[\(Self.lpipsLoss)]"
            case .dino: "[\(Self.dinoLoss)]"
            case .repa: "[\(Self.repaLoss)]"
            case .all: "[\(Self.repaLoss), \(Self.frequencyLoss), \(Self.lpipsLoss), \(Self.dinoLoss)]"
            }
        }

        private static let encoder = """
            {network: {imageSize: 28, width: 12, depth: 2, headCount: 2}, basePatchSize: 4, weights: {source: random}}
            """
        private static let frequencyLoss = "{type: frequency, weight: 0.5, gate: {from: 0.2}}"
        private static let lpipsLoss = """
            {type: lpips, weight: 0.1, patchSize: 4, gate: {from: 0.3}, weights: {source: random},
             network: {widths: [2, 3, 2, 3, 2], heads: uniform}}
            """
        private static let dinoLoss =
            "{type: p-dino, weight: 0.01, layers: [1], gate: {from: 0.3}, encoder: \(encoder)}"
        private static let repaLoss = "{type: repa, weight: 0.5, alignLayer: 1, layer: 1, encoder: \(encoder)}"
    }

    /// Every backbone with every target, path, time sampler and solver that is registered, and with all sorts of losses.
    static func all(of registry: Registry) -> [Pairing] {
        func keys(_ kind: String) -> [String] { registry.entries(of: kind).map(\.key) }
        var all: [Pairing] = []
        for backbone in keys("backbone") {
            for target in keys("target") {
                for path in keys("path") {
                    for times in keys("times") {
                        for solver in keys("solver") {
                            all += Losses.allCases.map {
                                Pairing(
                                    backbone: backbone, target: target, path: path, times: times, solver: solver,
                                    losses: $0)
                            }
                        }
                    }
                }
            }
        }
        return all
    }

    func recipe(with registry: Registry) throws(RecipeError) -> Recipe {
        let own = backbone == "jit" ? "bottleneckSize: 0, inContextLength: 1, inContextStart: 1," : ""
        return try Recipe(
            yaml: """
                image: {channels: 3, height: 8, width: 8}
                classes: 2
                backbone: {type: \(backbone), \(own) patchSize: 4, hiddenSize: 16, depth: 2, headCount: 2}
                target: \(target)
                path: \(path)
                times: \(times)
                losses: \(losses.yaml)
                training: {batchSize: 2, steps: 2, ema: []}
                sampling: {solver: \(solver), grid: {steps: 3}, guidance: {scale: 2, interval: [0, 1]}}
                """, registry: registry)
    }
}
