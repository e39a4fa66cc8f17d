internal import CVulkan
internal import SwiffuseTensor

/// Descriptor sets by the blocks in their slots: places within blocks are parameters, so a few sets serve all dispatches.
/// Used under the recorder's lock.
struct DescriptorSets {
    private let context: VulkanContext
    private var sets: [[Int]: UInt64] = [:]

    init(_ context: VulkanContext) { self.context = context }

    var count: Int { sets.count }

    /// - Parameter blocks: one for each slot.
    mutating func set(for blocks: [MemoryBlock]) throws(DeviceError) -> UInt64 {
        let key = blocks.map(\.number)
        if let known = sets[key] { return known }
        let pointers = blocks.map { UnsafePointer($0.block) as UnsafePointer<cvk_block>? }
        var set: UInt64 = 0
        let result = pointers.withUnsafeBufferPointer {
            cvk_set_create(context.handle, $0.baseAddress, $0.count, &set)
        }
        try VulkanFailure.check(result, device: context.name, operation: "creating a descriptor set")
        sets[key] = set
        return set
    }

    /// Forgets all sets; no recorded or running work may use them.
    mutating func removeAll() {
        cvk_sets_destroy(context.handle)
        sets.removeAll()
    }
}
