/// What ended a run before its last update, and what is left of it.
public struct TrainingInterruption: Error, CustomStringConvertible {
    /// The error: `DataError`, `FileError`, `CheckpointError`, `ImageError`, `DeviceError`, `GradientError`,
    /// `TrainingError.notFinite` or `RecipeError`.
    public let cause: any Error
    /// Number of updates done.
    public let step: Int
    /// The update after which the folder's checkpoint was written; nil if there is none.
    public let savedStep: Int?

    public init(_ cause: any Error, step: Int, savedStep: Int?) {
        self.cause = cause
        self.step = step
        self.savedStep = savedStep
    }

    public var description: String {
        let kept = savedStep.map { "the checkpoint of step \($0) is kept" } ?? "no checkpoint had been written"
        return "\(cause); training ended after step \(step), \(kept)"
    }
}
