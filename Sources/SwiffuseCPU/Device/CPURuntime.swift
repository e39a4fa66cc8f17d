internal import SwiffuseTensor

/// What kernels need of the device: its threads, its memory and its matrix products.
final class CPURuntime: Sendable {
    let pool: ThreadPool
    let allocator: CachingAllocator
    let library: MatrixLibrary
    let product: MatrixLibraryProduct

    /// - Parameter library: loaded.
    init(pool: ThreadPool, allocator: CachingAllocator, library: MatrixLibrary) {
        self.library = library
        product = library.product
        self.pool = pool
        self.allocator = allocator
    }

    /// Temporary memory for `count` floats; it lives as long as the buffer is held.
    func scratch(_ count: Int) throws(DeviceError) -> CPUBuffer {
        try allocator.allocate(byteCount: max(count, 1) * MemoryLayout<Float>.stride)
    }

    /// Runs work that may fail; a failure is kept in the buffers that it should have written.
    func perform(writing outputs: [BufferView], _ work: () throws(DeviceError) -> Void) {
        do throws(DeviceError) {
            try work()
        } catch {
            for output in outputs { output.cpuBuffer.fail(error) }
        }
    }
}
