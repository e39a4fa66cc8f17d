/// Adaptive balancing of perceptual losses against the target's own (PixelGen, arXiv:2602.02493, appendix A.2).
///
/// Now and then the factor of the perceptual losses moves towards the ratio of the gradients at the last layer. The
/// defaults are those of the official code, where `from` is 80 epochs of ImageNet.
public struct BalanceConfiguration: ComponentConfiguration, Hashable {
    /// Whether the losses are balanced.
    public var isOn = false
    /// The first update, counted from 0, that measures.
    public var from = 400_000
    /// Updates between measurements, each on the first batch of its update.
    public var every = 50
    /// Share of the old factor that is kept.
    public var retained = 0.8
    /// The largest ratio.
    public var maximum = 100.0

    public init() {}

    /// Whether an update, counted from 0, measures.
    public func isDue(at step: Int) -> Bool { isOn && step >= from && step % every == 0 }

    public func validate() throws(RecipeError) {
        try RecipeError.check(from >= 0, at: "from", found: from, expected: "0 or more")
        try RecipeError.check(every >= 1, at: "every", found: every, expected: "1 or more")
        try RecipeError.check((0...1).contains(retained), at: "retained", found: retained, expected: "0 to 1")
        try RecipeError.check(
            maximum > 0 && maximum <= 1e6, at: "maximum", found: maximum, expected: "above 0, at most 1000000")
    }
}
