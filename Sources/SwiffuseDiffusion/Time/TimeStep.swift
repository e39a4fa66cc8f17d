/// One step of a time grid, from `start` to `end`; t runs from 0 (noise) to 1 (image).
public struct TimeStep: Sendable, Hashable {
    /// Position in the grid, from 0.
    public let index: Int
    /// Number of steps in the grid.
    public let count: Int
    public let start: Float
    public let end: Float
    /// The sum of the widths of all steps before this one, added up in Float32: what the official Adams sampler uses
    /// in place of `start`. The two differ by rounding, which decides about steps on the end of a guidance interval.
    public let accumulatedStart: Float

    public init(index: Int, count: Int, start: Float, end: Float, accumulatedStart: Float) {
        self.index = index
        self.count = count
        self.start = start
        self.end = end
        self.accumulatedStart = accumulatedStart
    }

    /// end − start.
    public var width: Float { end - start }

    /// Whether this step ends at the image.
    public var isLast: Bool { index == count - 1 }
}
