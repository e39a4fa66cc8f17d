internal import CKernels

/// The threads that own the cores. A job's tasks are picked dynamically; which thread runs a task is not determined.
final class ThreadPool: @unchecked Sendable {
    // Unchecked: the C pool serialises concurrent jobs itself.
    private let pool: OpaquePointer

    let threadCount: Int

    /// nil if the system refuses the threads.
    init?(threadCount: Int) {
        guard let pool = ck_pool_create(threadCount) else { return nil }
        self.pool = pool
        self.threadCount = threadCount
    }

    deinit { ck_pool_destroy(pool) }

    /// Runs tasks 0 ..< count and returns when all are done.
    ///
    /// - Parameters:
    ///   - count: number of tasks.
    ///   - task: called with the task's number and a worker number in 0 ..< threadCount that no other running task has.
    func run(_ count: Int, _ task: (_ task: Int, _ worker: Int) -> Void) {
        typealias Task = (Int, Int) -> Void
        if count == 0 { return }
        withoutActuallyEscaping(task) { escapable in
            var body: Task = escapable
            withUnsafeMutablePointer(to: &body) { pointer in
                ck_pool_run(
                    pool, count,
                    { context, task, worker in
                        guard let context else { return }
                        context.assumingMemoryBound(to: Task.self).pointee(task, worker)
                    }, pointer)
            }
        }
    }

    /// Cuts 0 ..< count into ranges of at least `grain` and runs them; for work whose result does not depend on the
    /// cuts.
    func run(over count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let pieces = max(1, min(threadCount * 4, count / max(grain, 1)))
        if pieces == 1 {
            if count > 0 { body(0..<count) }
            return
        }
        // Cuts at multiples of 16 elements keep vectors and cache lines whole.
        let size = (count + pieces - 1) / pieces
        let step = count >= pieces * 64 ? (size + 15) / 16 * 16 : size
        run((count + step - 1) / step) { task, _ in
            body(task * step..<min(count, (task + 1) * step))
        }
    }
}
