extension Preset {
    /// A small model that learns to draw clothes on two processor cores within minutes: every family gets the same data
    /// and is drawn in the same way, so that they can be compared.
    ///
    /// - Parameters:
    ///   - name: also the recipe's name.
    ///   - model: the model, as in "a small \(model) for Fashion-MNIST".
    ///   - backbone: the settings below `backbone`, a line each, without indentation.
    ///   - target: what it predicts.
    ///   - losses: what it learns from besides the target's own loss, a line each: `{ type: frequency, weight: 1 }`.
    ///   - learningRate: AdamW's, after the warm-up.
    ///   - epsilon: AdamW's; must be well above the rounding errors of gradients, which are smallest behind outputs
    ///     that begin with zeros.
    ///   - batchSize: images of an update.
    ///   - steps: updates.
    public static func fashionMNIST(
        _ name: String, model: String, backbone: String, target: Prediction, losses: [String] = [],
        learningRate: Double = 0.002, epsilon: Double = 1e-8, batchSize: Int = 128, steps: Int = 1150
    ) -> Preset {
        Preset(
            name: name, summary: "a small \(model) for Fashion-MNIST, trained in minutes on two processor cores",
            yaml: """
                name: \(name)
                image: { channels: 1, height: 32, width: 32 }
                classes: 10
                data: fashion-mnist
                \(section("backbone", backbone))
                \(target.parts)
                \(list("losses", losses))
                training:
                  batchSize: \(batchSize)
                  steps: \(steps)
                  classDropout: 0.1
                  optimizer: { learningRate: \(learningRate), beta1: 0.9, beta2: 0.99, epsilon: \(epsilon) }
                  schedule: { type: cosine, warmupSteps: 100 }
                  gradientClipping: 1
                  ema: [0.995]
                  logEvery: 20
                  checkpointEvery: 500
                  sampleEvery: 500
                sampling:
                  solver: { type: heun, evaluations: exact }
                  grid: { steps: 20 }
                  guidance: { type: classifier-free, scale: 2.25, \(target.guidance) }

                """)
    }

    /// A section of a recipe whose settings are lines without indentation.
    static func section(_ key: String, _ settings: String) -> String {
        ([key + ":"] + settings.split(separator: "\n").map { "  \($0)" }).joined(separator: "\n")
    }

    /// A section of a recipe that is a list of maps, a line each.
    static func list(_ key: String, _ entries: [String]) -> String {
        entries.isEmpty ? key + ": []" : ([key + ":"] + entries.map { "  - \($0)" }).joined(separator: "\n")
    }
}

extension Preset.Prediction {
    fileprivate var guidance: String {
        switch self {
        case .cleanImage: "interval: [0.04, 1.0], convention: jit"
        case .velocity: "interval: [0.1, 1.0], convention: official"
        }
    }
}
