public import Swiffuse

/// Training times that cover 0…1 evenly within each batch: one draw, and the others at equal distances from it
/// (Kingma et al., arXiv:2107.00630, appendix I.1).
public struct LowDiscrepancyTimes: TimeSampler, Component {
    public struct Configuration: ComponentConfiguration {
        /// See `TimeShift`; above 1, more of the times are noisy.
        public var shift = 1.0

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((0.001...1000).contains(shift), at: "shift", found: shift, expected: "0.001 to 1000")
        }
    }

    public static let key = "low-discrepancy"
    public static let summary = "training times at equal distances within a batch"

    private let shift: TimeShift

    public init(_ configuration: Configuration = Configuration()) { shift = TimeShift(Float(configuration.shift)) }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(configuration) }

    public func times(count: Int, using random: inout Philox) -> [Float] {
        let start = random.uniforms(1)[0]
        return (0..<count).map { index in
            let time = start + Float(index) / Float(count)
            return shift(time < 1 ? time : time - 1)
        }
    }
}
