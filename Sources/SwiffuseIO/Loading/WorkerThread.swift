import Glibc

/// A thread of the operating system that runs one closure. Blocking work must not occupy the threads of Swift's tasks.
package struct WorkerThread: Sendable {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    private let handle: pthread_t

    /// Starts the thread; nil if the system refuses.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body))
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard status == 0 else {
            work.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits until the closure has returned.
    package func join() {
        pthread_join(handle, nil)
    }
}
