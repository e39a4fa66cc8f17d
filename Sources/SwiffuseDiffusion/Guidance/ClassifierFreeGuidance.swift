public import SwiffuseTensor

/// Classifier-free guidance on the velocity: u + scale·(c − u), inside an interval of times (arXiv:2207.12598,
/// 2404.07724).
///
/// With `rescale` r > 0 the result is multiplied by r·std(c) / (std(guided) + 10⁻⁶) + 1 − r, the standard deviation
/// over each image (arXiv:2305.08891). Outside the interval and at scale 1 the conditional velocity stands and the
/// network is not asked for the other.
public struct ClassifierFreeGuidance: Guidance, Component {
    public struct Configuration: ComponentConfiguration {
        /// 1 is no guidance; PixelGen-XL samples with 2.25.
        public var scale = 2.25
        /// The times that are guided: low and high, in 0…1.
        public var interval = [0.1, 1.0]
        /// Whose inequalities hold at the interval's ends.
        public var convention = GuidanceInterval.Convention.official
        /// Share of the velocity's standard deviation that is put back, 0…1; 0 is off.
        public var rescale = 0.0

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((-100...100).contains(scale), at: "scale", found: scale, expected: "-100 to 100")
            try RecipeError.check((0...1).contains(rescale), at: "rescale", found: rescale, expected: "0 to 1")
            let isInterval = interval.count == 2 && interval.allSatisfy((0...1).contains) && interval[0] <= interval[1]
            try RecipeError.check(isInterval, at: "interval", found: interval, expected: "[low, high] within 0 to 1")
        }
    }

    public static let key = "classifier-free"
    public static let summary = "unconditional + scale · (conditional − unconditional), inside an interval"

    public let scale: Float
    public let interval: GuidanceInterval
    public let rescale: Float

    public init(scale: Float, interval: GuidanceInterval, rescale: Float = 0) {
        self.scale = scale
        self.interval = interval
        self.rescale = rescale
    }

    public init(_ configuration: Configuration, in context: BuildContext) throws(RecipeError) {
        try configuration.validate()
        let interval = GuidanceInterval(
            low: Float(configuration.interval[0]), high: Float(configuration.interval[1]),
            convention: configuration.convention)
        self.init(scale: Float(configuration.scale), interval: interval, rescale: Float(configuration.rescale))
    }

    public func evaluations(for query: VelocityQuery) -> GuidanceEvaluations {
        guard scale != 1, interval.contains(query) else { return .conditional }
        return scale == 0 && rescale == 0 ? .unconditional : .both
    }

    public func combine(conditional: Tensor, unconditional: Tensor) -> Tensor {
        let guided = unconditional + (conditional - unconditional) * scale
        guard rescale > 0 else { return guided }
        let ratio = conditional.perImageDeviation() / (guided.perImageDeviation() + 1e-6)
        return guided * (ratio * rescale + (1 - rescale))
    }
}

extension Tensor {
    /// The unbiased standard deviation over everything but the first axis, [B, 1, …].
    fileprivate func perImageDeviation() -> Tensor {
        let axes = Array(1..<shape.rank)
        let count = Float(max(1, shape.count / max(1, shape[0])))
        let centred = self - mean(over: axes, axes: .kept)
        return (centred.squared().sum(over: axes, axes: .kept) * (1 / max(1, count - 1))).squareRoot()
    }
}
