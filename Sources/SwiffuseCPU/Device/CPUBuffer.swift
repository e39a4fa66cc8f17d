internal import SwiffuseTensor
internal import Synchronization

/// Memory of the CPU device; it goes back to the allocator's cache with the last reference.
final class CPUBuffer: DeviceBuffer, @unchecked Sendable {
    // Unchecked: the bytes are written only by operations that the core orders; the failure is behind its own lock.
    let bytes: UnsafeMutableRawPointer
    let byteCount: Int
    private let block: MemoryBlock
    private let allocator: CachingAllocator
    private let hasFailed = Atomic(false)
    private let firstFailure = Mutex<DeviceError?>(nil)

    init(block: MemoryBlock, byteCount: Int, allocator: CachingAllocator) {
        self.block = block
        self.bytes = block.bytes
        self.byteCount = byteCount
        self.allocator = allocator
    }

    deinit { allocator.release(block, byteCount: byteCount) }

    var failure: DeviceError? {
        hasFailed.load(ordering: .acquiring) ? firstFailure.withLock { $0 } : nil
    }

    /// Marks the contents as worthless; the first reason stays.
    func fail(_ error: DeviceError) {
        firstFailure.withLock { if $0 == nil { $0 = error } }
        hasFailed.store(true, ordering: .releasing)
    }

    var floats: UnsafeMutablePointer<Float> { bytes.assumingMemoryBound(to: Float.self) }
}

extension BufferView {
    var cpuBuffer: CPUBuffer {
        guard let buffer = buffer as? CPUBuffer else {
            fatalError("cpu: an operand lives on another device")
        }
        return buffer
    }

    /// The first element.
    var base: UnsafeMutableRawPointer { cpuBuffer.bytes + offset * dtype.byteCount }

    /// The first element of a float32 view.
    var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }

    /// The first element of an int32 view.
    var integers: UnsafeMutablePointer<Int32> { base.assumingMemoryBound(to: Int32.self) }
}
