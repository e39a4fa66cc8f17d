/// The section `training.validation` of a recipe: pictures that are never trained on, and when to look at their loss.
public struct ValidationConfiguration: ComponentConfiguration, Hashable {
    /// Number of pictures held out; 0 holds out `fraction`.
    public var count = 0
    /// Share of the pictures held out, rounded up; 0 with `count: 0` turns validation off.
    public var fraction = 0.0
    /// Updates between validations; the last update is always followed by one.
    public var every = 1000
    /// Parts of equal length into which the times 0…1 are divided; each has a loss of its own.
    public var bins = 10
    /// Weights to look at: `raw`, `automatic` (the first running average) or decays of `training.ema`.
    public var weights = [WeightsChoice.raw, .automatic]

    public init() {}

    /// Whether pictures are held out.
    public var isOn: Bool { count > 0 || fraction > 0 }

    /// How many pictures of a data set are held out.
    public func heldOutCount(of total: Int) -> Int {
        count > 0 ? count : Int((fraction * Double(total)).rounded(.up))
    }

    public func validate() throws(RecipeError) {
        try RecipeError.check(count >= 0, at: "count", found: count, expected: "0 (off) or more")
        try RecipeError.check(
            fraction >= 0 && fraction < 1, at: "fraction", found: fraction, expected: "0 (off) or more, below 1")
        try RecipeError.check(
            count == 0 || fraction == 0, at: "fraction", found: fraction, expected: "0 where count is given")
        try RecipeError.check(every >= 1, at: "every", found: every, expected: "1 or more")
        try RecipeError.check((1...1000).contains(bins), at: "bins", found: bins, expected: "1 to 1000")
        try RecipeError.check(
            count == 0 || count >= bins, at: "count", found: count,
            expected: "at least one picture for each of the \(bins) bins")
        try RecipeError.check(
            !weights.isEmpty, at: "weights", found: "an empty list", expected: "raw, automatic or both")
        for (index, choice) in weights.enumerated() {
            try RecipeError.check(
                !weights[..<index].contains(choice), at: "weights.\(index)", found: "\(choice)",
                expected: "each choice once")
        }
    }
}
