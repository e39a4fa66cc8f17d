extension Preset {
    /// A class-to-image recipe for ImageNet as PixelGen and DeCo train theirs (`configs_c2i` of both repositories): 256
    /// images per update, AdamW with a rate of 10⁻⁴, one running average.
    public struct ImageNet: Sendable, Hashable {
        /// The recipe's name.
        public let title: String
        /// The settings below `backbone`, a line each, without indentation.
        public let backbone: String
        /// What the model predicts.
        public let target: Prediction
        /// What it learns from besides the target's own loss, a line each: `{ type: repa, weight: 0.5 }`.
        public let losses: [String]
        /// Number of updates.
        public let steps: Int
        /// Side of the pictures in pixels.
        public var side = 256
        /// Images per pass; the 256 of an update are several passes.
        public var batchSize = 32
        /// Share of the images whose class is forgotten.
        public var classDropout = 0.1
        /// The settings of adaptive balancing; nil if it is off.
        public var balance: String?
        /// How pictures are drawn.
        public var sampling = Sampling()

        public init(title: String, backbone: String, target: Prediction, losses: [String], steps: Int) {
            self.title = title
            self.backbone = backbone
            self.target = target
            self.losses = losses
            self.steps = steps
        }

        /// How pictures are drawn.
        public struct Sampling: Sendable, Hashable {
            public var solver = "euler"
            public var steps = 50
            public var shift = 1.0
            /// Scale of classifier-free guidance.
            public var scale = 1.0
            /// The times at which it acts.
            public var interval = 0.1...1.0

            public init() {}
        }

        /// The recipe under a preset's name.
        public func preset(_ name: String, summary: String) -> Preset {
            Preset(name: name, summary: summary, yaml: yaml)
        }

        private var yaml: String {
            """
            name: \(title)
            image: { channels: 3, height: \(side), width: \(side) }
            classes: 1000
            data: { type: class-folders, folder: imagenet/train }
            \(Preset.section("backbone", backbone))
            \(target.parts)
            \(Preset.list("losses", losses))
            training:
              batchSize: \(batchSize)
              accumulation: \(256 / batchSize)
              steps: \(steps)
              classDropout: \(classDropout)
            \(balance.map { "  balance: \($0)\n" } ?? "")\
              optimizer: { learningRate: 0.0001, beta1: 0.9, beta2: 0.999, weightDecay: 0.0 }
              ema: [0.9999]
            sampling:
              solver: \(sampling.solver)
              grid: { steps: \(sampling.steps), shift: \(sampling.shift) }
              guidance:
                type: classifier-free
                scale: \(sampling.scale)
                interval: [\(sampling.interval.lowerBound), \(sampling.interval.upperBound)]
                convention: official

            """
        }
    }
}
