internal import CVulkan

/// One allocation of device memory with one buffer over all of it.
final class MemoryBlock: @unchecked Sendable {
    // Unchecked: set once; the pool decides who uses which part.
    let block: UnsafeMutablePointer<cvk_block>
    /// Unique among the blocks of a device, for keys of descriptor sets.
    let number: Int
    private let context: VulkanContext

    init(_ block: cvk_block, number: Int, context: VulkanContext) {
        self.block = .allocate(capacity: 1)
        self.block.initialize(to: block)
        self.number = number
        self.context = context
    }

    deinit {
        cvk_block_destroy(context.handle, block)
        block.deallocate()
    }

    var byteCount: Int { Int(block.pointee.size) }
    /// Where the host sees the block; nil if it does not.
    var bytes: UnsafeMutableRawPointer? { block.pointee.bytes }
}
