public import Swiffuse

/// A backbone, a solver, a time sampler, a loss, and a recipe that puts them together.
public struct MixerPlugin: Plugin {
    public let name = "mixer"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: Mixer.self)
        try registry.register(solver: RungeKuttaSolver.self)
        try registry.register(times: LowDiscrepancyTimes.self)
        try registry.register(loss: EdgeLoss.self)
        try registry.register(preset: .mixer)
    }
}

extension Preset {
    /// A small mixer that learns to draw clothes in 200 updates.
    static let mixer = Preset(
        name: "fashion-mnist-mixer", summary: "a small MLP-Mixer for Fashion-MNIST, trained in a minute",
        yaml: """
            name: fashion-mnist-mixer
            image: { channels: 1, height: 32, width: 32 }
            classes: 10
            data: fashion-mnist
            backbone: { type: mixer, patchSize: 8, width: 128, depth: 6 }
            target: { type: clean-image, loss: velocity }
            times: { type: low-discrepancy, shift: 2 }
            losses:
              - { type: edges, weight: 0.5, gate: { from: 0.3 } }
            training:
              batchSize: 64
              steps: 200
              optimizer: { learningRate: 0.002, beta1: 0.9, beta2: 0.99 }
              schedule: { type: cosine, warmupSteps: 20 }
              gradientClipping: 1
              ema: [0.98]
              logEvery: 20
              checkpointEvery: 100
            sampling:
              solver: rk4
              grid: { steps: 12 }
              guidance: { scale: 2, interval: [0.1, 0.95] }

            """)
}
