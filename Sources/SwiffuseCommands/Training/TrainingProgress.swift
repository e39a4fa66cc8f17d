import Swiffuse

/// Tells about a training run in one line.
struct TrainingProgress {
    private let stepCount: Int
    private var line: ProgressLine
    private let clock = ContinuousClock()
    private var start: ContinuousClock.Instant
    private var imageCount = 0
    private var dataWait = Duration.zero
    private var firstStep = 0
    /// A running mean of the loss: single batches jump about.
    private var loss = RunningMean()

    init(recipe: Recipe, output: TextOutput) {
        stepCount = recipe.training.steps
        line = ProgressLine(output)
        start = clock.now
    }

    mutating func report(_ event: TrainingRun.Event) {
        switch event {
        case .began(let step, let steps, let parameterCount):
            start = clock.now
            firstStep = step
            let from = step == 0 ? "" : ", going on from step \(step)"
            line.note("training \(Amount.count(parameterCount)) parameters for \(steps) steps\(from)")
        case .stepped(let step, let memory):
            loss.add(Double(step.loss))
            imageCount += step.imageCount
            dataWait += step.dataWait
            line.show(text(step, memory), isLast: step.step == stepCount)
        case .skipped(let picture): line.note("skipped: \(picture.reason)")
        case .sampled(let path): line.note("pictures: \(path)")
        case .validated(let report):
            line.note("validation after step \(report.step), \(report.weights): loss \(Amount.number(report.loss))")
        case .saved(let path, let step): line.note("saved step \(step): \(path)")
        }
    }

    mutating func finish() { line.finish() }

    private func text(_ step: StepReport, _ memory: MemoryUse) -> String {
        let elapsed = clock.now - start
        let rate = Double(imageCount) / max(1e-9, elapsed / .seconds(1))
        let done = step.step - firstStep
        let left = elapsed / max(1, done) * (stepCount - step.step)
        return "step \(step.step)/\(stepCount)  loss \(Amount.number(loss.value))  \(Amount.number(rate)) images/s  "
            + "\(Amount.duration(left)) left  memory \(Amount.bytes(memory.highWaterMark))" + waiting(elapsed)
    }

    /// A hint if training could be faster with more threads or a larger cache for the pictures.
    private func waiting(_ elapsed: Duration) -> String {
        let share = dataWait / max(.nanoseconds(1), elapsed)
        return share < 0.01 ? "" : "  waiting for pictures \(Amount.number(100 * share)) %"
    }
}
