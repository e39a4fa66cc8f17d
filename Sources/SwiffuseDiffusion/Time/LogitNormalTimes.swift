import Foundation
public import SwiffuseTensor

/// Training times t = sigmoid(mean + deviation·n), n standard normal, then shifted (JiT, arXiv:2511.13720).
///
/// A mean below 0 trains more on noisy images. Defaults: JiT's −0.8 and 0.8.
public struct LogitNormalTimes: TimeSampler, Component {
    public struct Configuration: ComponentConfiguration {
        /// Mean of logit(t).
        public var mean = -0.8
        /// Standard deviation of logit(t).
        public var deviation = 0.8
        /// Moves the times towards noise, t ↦ t / (t + (1 − t) · shift); 1 leaves them where they are.
        public var shift = 1.0

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((-20...20).contains(mean), at: "mean", found: mean, expected: "-20 to 20")
            try RecipeError.check(
                (0...20).contains(deviation), at: "deviation", found: deviation, expected: "0 to 20")
            try RecipeError.check((0.001...1000).contains(shift), at: "shift", found: shift, expected: "0.001 to 1000")
        }
    }

    public static let key = "logit-normal"
    public static let summary = "training times whose logit is normal, JiT's choice"

    public let mean: Float
    public let deviation: Float
    public let shift: TimeShift

    public init(_ configuration: Configuration = Configuration()) {
        mean = Float(configuration.mean)
        deviation = Float(configuration.deviation)
        shift = TimeShift(Float(configuration.shift))
    }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(configuration) }

    public func times(count: Int, using random: inout Philox) -> [Float] { times(from: random.normals(count)) }

    /// Times from given standard normal draws.
    public func times(from normals: [Float]) -> [Float] {
        normals.map { shift(1 / (1 + exp(-(deviation * $0 + mean)))) }
    }
}
