/// The section `training.emaSnapshots` of a recipe: what is stored so that the length of an average can be chosen after
/// training (Karras et al., arXiv:2312.02696, section 3).
///
/// During training one power-function average per length is tracked and written to `snapshots/` from time to time.
public struct EMASnapshotConfiguration: ComponentConfiguration, Hashable {
    /// Relative lengths σ_rel of the tracked averages, such as 0.05 and 0.10; an empty list tracks none.
    public var lengths: [Double] = []
    /// Updates between snapshots; the last update is always followed by one.
    public var every = 1000
    /// How snapshots are stored; half-size types add an error of their rounding.
    public var storage = WeightsStorage.float32

    public init() {}

    /// Whether averages are tracked.
    public var isOn: Bool { !lengths.isEmpty }

    /// The lengths that a power function can have: its exponent γ is then 0 or more.
    public static let possibleLengths = 0.001...0.288

    public func validate() throws(RecipeError) {
        for (index, length) in lengths.enumerated() {
            try RecipeError.check(
                Self.possibleLengths.contains(length), at: "lengths.\(index)", found: length,
                expected: "\(Self.possibleLengths.lowerBound) to \(Self.possibleLengths.upperBound)")
            try RecipeError.check(
                !lengths[..<index].contains(length), at: "lengths.\(index)", found: length,
                expected: "each length once")
        }
        try RecipeError.check(lengths.count <= 8, at: "lengths", found: lengths.count, expected: "at most 8 lengths")
        try RecipeError.check(every >= 1, at: "every", found: every, expected: "1 or more")
    }
}
