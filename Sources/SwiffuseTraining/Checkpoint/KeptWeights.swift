/// How the large weights of a model, those of two axes, are kept in memory while pictures are drawn; `WeightsStorage` is for
/// files.
///
/// Arithmetic is float32 in any case: a weight is widened for the moment of its use.
public enum KeptWeights: String, Sendable, Hashable, CaseIterable {
    /// As trained.
    case float32
    /// Rounded to 16 bits, in half the memory: three digits instead of seven, up to 65,504.
    case float16
}
