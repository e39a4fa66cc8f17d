/// A bar that fills while pictures are drawn.
struct SamplingProgressBar {
    private let count: Int
    private var line: ProgressLine
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(count: Int, output: TextOutput) {
        self.count = count
        line = ProgressLine(output)
        start = clock.now
    }

    /// - Parameter done: pictures drawn, those under way in part.
    mutating func show(done: Double) {
        let elapsed = clock.now - start
        let count = Double(self.count)
        let width = 24
        let filled = min(width, Int(done / count * Double(width)))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let speed = done / max(1e-9, elapsed / .seconds(1))
        let left = Amount.duration(.seconds((count - done) / max(1e-9, speed)))
        line.show(
            "\(bar) \(Int(done))/\(self.count) pictures  \(Amount.number(speed)) images/s  \(left) left",
            isLast: done >= count)
    }

    /// Leaves the bar standing; returns pictures per second.
    mutating func finish() -> Double {
        line.finish()
        return Double(count) / max(1e-9, (clock.now - start) / .seconds(1))
    }
}
