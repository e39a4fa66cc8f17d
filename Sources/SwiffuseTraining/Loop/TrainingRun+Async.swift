import SwiffuseIO
import Synchronization

extension TrainingRun {
    /// Trains on a thread of its own and waits for the end; cancelling the task saves and stops.
    ///
    /// - Parameter report: called on that thread after everything that happens.
    /// - Returns: the run as it is when it ends, at its last update or where it was stopped.
    /// - Throws: `TrainingInterruption`.
    public consuming func finish(
        report: @escaping @Sendable (Event) -> Void = { _ in }
    ) async throws -> TrainingRun {
        let work = BackgroundTraining(self)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                work.start(report: report) { continuation.resume(with: $0) }
            }
        } onCancel: {
            work.stop()
        }
    }

    /// Trains on a thread of its own and tells what happens, for an app's progress view.
    ///
    /// Leaving the loop over the events, or cancelling its task, saves and stops; use `finish(report:)` to wait until
    /// that is done. A slow listener misses the oldest of more than 1024 waiting events.
    /// ```swift
    /// for try await event in run.events() {
    ///     if case .stepped(let step, _) = event { view.show(step.loss) }
    /// }
    /// ```
    public consuming func events() -> AsyncThrowingStream<Event, any Error> {
        let work = BackgroundTraining(self)
        return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1024)) { continuation in
            continuation.onTermination = { _ in work.stop() }
            work.start(report: { continuation.yield($0) }) { result in
                switch result {
                case .success: continuation.finish()
                case .failure(let error): continuation.finish(throwing: error)
                }
            }
        }
    }
}

/// A run that trains on a thread of its own, so that it does not occupy those of Swift's tasks.
private final class BackgroundTraining: Sendable {
    /// Taken out by the thread: a second holder would make every update copy the parameters.
    private let waiting: Mutex<TrainingRun?>
    private let isStopping = Atomic<Bool>(false)

    init(_ run: consuming TrainingRun) { waiting = Mutex(run) }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    func start(
        report: @escaping @Sendable (TrainingRun.Event) -> Void,
        completion: @escaping @Sendable (Result<TrainingRun, any Error>) -> Void
    ) {
        let thread = WorkerThread { [self] in
            guard var run = waiting.withLock({ $0.take() }) else { return }
            do {
                try run.run(shouldStop: { isStopping.load(ordering: .relaxed) }, report: report)
                completion(.success(run))
            } catch {
                completion(.failure(error))
            }
        }
        if thread == nil {
            completion(.failure(DataError.settings(reason: "the system refuses to start another thread")))
        }
    }
}
