/// One line that tells how far something is: rewritten in place on a terminal, plain lines now and then elsewhere.
struct ProgressLine {
    private let output: TextOutput
    private let interval: Duration
    private let clock = ContinuousClock()
    private var lastShown: ContinuousClock.Instant?
    private var isOpen = false

    /// - Parameter plainInterval: time between lines where they cannot be rewritten.
    init(_ output: TextOutput, plainInterval: Duration = .seconds(10)) {
        self.output = output
        interval = output.isTerminal ? .milliseconds(100) : plainInterval
    }

    /// Shows the current state, unless the last one was shown just before.
    ///
    /// - Parameter isLast: shows it in any case.
    mutating func show(_ text: String, isLast: Bool = false) {
        let now = clock.now
        if let lastShown, !isLast, now - lastShown < interval { return }
        lastShown = now
        output.write(output.isTerminal ? "\r\u{1B}[K" + text : text + "\n")
        isOpen = output.isTerminal
    }

    /// Writes a line that stays.
    mutating func note(_ line: String) {
        output.write((isOpen ? "\r\u{1B}[K" : "") + line + "\n")
        isOpen = false
    }

    /// Leaves the last state standing.
    mutating func finish() {
        if isOpen { output.write("\n") }
        isOpen = false
    }
}
