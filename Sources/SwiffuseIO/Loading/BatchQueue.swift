import Glibc

/// Hands out batch numbers to workers and finished batches to the consumer, in order and at most `limit` ahead.
///
/// `@unchecked Sendable`: every field below `mutex` is only touched while `mutex` is held.
final class BatchQueue: @unchecked Sendable {
    private let limit: Int
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var nextClaimed = 0
    private var nextDelivered = 0
    private var finished: [Int: Result<ImageBatch, DataError>] = [:]
    private var hasStopped = false

    init(limit: Int) {
        self.limit = limit
        mutex.initialize(to: pthread_mutex_t())
        changed.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// The next batch to build, once there is room for it; nil when the loader has stopped.
    func claim() -> Int? {
        locked {
            while !hasStopped && nextClaimed >= nextDelivered + limit { pthread_cond_wait(changed, mutex) }
            if hasStopped { return nil }
            defer { nextClaimed += 1 }
            return nextClaimed
        }
    }

    /// Stores a finished batch.
    func complete(_ number: Int, with result: Result<ImageBatch, DataError>) {
        locked {
            finished[number] = result
            pthread_cond_broadcast(changed)
        }
    }

    /// The next batch in order; nil when the loader has stopped. A failure stays first in line.
    func take() -> Result<ImageBatch, DataError>? {
        locked {
            while !hasStopped && finished[nextDelivered] == nil { pthread_cond_wait(changed, mutex) }
            guard !hasStopped, let result = finished[nextDelivered] else { return nil }
            if case .success = result {
                finished[nextDelivered] = nil
                nextDelivered += 1
                pthread_cond_broadcast(changed)
            }
            return result
        }
    }

    func stop() {
        locked {
            hasStopped = true
            finished = [:]
            pthread_cond_broadcast(changed)
        }
    }

    var isStopping: Bool { locked { hasStopped } }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
