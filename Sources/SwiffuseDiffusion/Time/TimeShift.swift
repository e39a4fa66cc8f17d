/// Moves times towards noise: t ↦ t / (t + (1 − t)·shift); a shift above 1 spends more of 0…1 near t = 0.
///
/// Computed in Float32 operation by operation, as the official PixelGen code does: steps that lie exactly on the end
/// of a guidance interval depend on the last bit.
public struct TimeShift: Sendable, Hashable {
    /// 1 leaves times as they are.
    public let amount: Float

    public init(_ amount: Float) { self.amount = amount }

    /// The shifted time, in 0…1 like `time`.
    public func callAsFunction(_ time: Float) -> Float { time / (time + (1 - time) * amount) }
}
