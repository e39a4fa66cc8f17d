public import SwiffuseTensor

/// Training times spread evenly over 0…1, then shifted.
public struct UniformTimes: TimeSampler, Component {
    public struct Configuration: ComponentConfiguration {
        /// Moves the times towards noise, t ↦ t / (t + (1 − t) · shift); 1 leaves them uniform.
        public var shift = 1.0

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((0.001...1000).contains(shift), at: "shift", found: shift, expected: "0.001 to 1000")
        }
    }

    public static let key = "uniform"
    public static let summary = "training times spread evenly over 0…1"

    public let shift: TimeShift

    public init(_ configuration: Configuration = Configuration()) { shift = TimeShift(Float(configuration.shift)) }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(configuration) }

    public func times(count: Int, using random: inout Philox) -> [Float] { times(from: random.uniforms(count)) }

    /// Times from given draws, uniform in 0…1.
    public func times(from uniforms: [Float]) -> [Float] { uniforms.map { shift($0) } }
}
