import Foundation
import Swiffuse
import Synchronization

/// The wish of a user or of the system that a long command should end.
final class StopRequest: Sendable {
    /// What the first signal does.
    private enum Effect {
        case request
        case end
    }

    /// Signals this soon after the first are the same wish: a terminal and the program that started this one may both pass
    /// it on.
    private static let sameWish = Duration.milliseconds(500)

    private let effect: Effect
    private let received = Atomic<Int32>(0)
    private let isOver = Atomic<Bool>(false)

    private init(_ effect: Effect) { self.effect = effect }

    /// The number of the first signal received; nil if there was none.
    var signal: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Runs a body while SIGINT, SIGTERM and SIGHUP only set the request; a second signal, at least half a second after
    /// the first, ends the program at once.
    ///
    /// Threads that the body starts inherit the blocked signals; one thread waits for them.
    static func whileHandlingSignals<Result>(_ body: (StopRequest) throws -> Result) throws -> Result {
        try StopRequest(.request).whileWatching(body)
    }

    /// Runs a body while SIGINT, SIGTERM and SIGHUP end the program at once, without leaving half-written files behind.
    static func whileWritingFiles<Result>(_ body: () throws -> Result) throws -> Result {
        try StopRequest(.end).whileWatching { _ in try body() }
    }

    private func whileWatching<Result>(_ body: (StopRequest) throws -> Result) throws -> Result {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        if !Self.isIgnored(SIGHUP) { sigaddset(&signals, SIGHUP) }
        var previous = sigset_t()
        pthread_sigmask(SIG_BLOCK, &signals, &previous)
        let watched = signals
        Thread.detachNewThread { self.watch(watched) }
        defer {
            isOver.store(true, ordering: .relaxed)
            pthread_sigmask(SIG_SETMASK, &previous, nil)
        }
        return try body(self)
    }

    /// Whether the program was started so that a signal does nothing, as nohup does for SIGHUP.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        sigaction(signal, nil, &action)
        let ignore = 1  // the value of SIG_IGN, which Swift does not import
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == ignore
    }

    private func watch(_ signals: sigset_t) {
        var signals = signals
        var pause = timespec(tv_sec: 0, tv_nsec: 100_000_000)
        var first: ContinuousClock.Instant?
        while !isOver.load(ordering: .relaxed) {
            let number = sigtimedwait(&signals, nil, &pause)
            guard number > 0 else { continue }
            let now = ContinuousClock.now
            let isSecond = first.map { now - $0 >= Self.sameWish } ?? false
            if first == nil {
                first = now
                received.store(number, ordering: .relaxed)
            }
            if effect == .end || isSecond {
                AtomicFile.exitRemovingUnfinished(128 + number)
            }
        }
    }
}
