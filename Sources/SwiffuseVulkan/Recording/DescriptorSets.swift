internal import CVulkan
internal import SwiffuseTensor

/// What a kernel sees in a slot: a block, or some bytes of one.
struct SlotBinding {
    let block: MemoryBlock
    /// nil for the whole block.
    let range: Range<Int>?

    init(_ view: BufferView) {
        block = view.vulkanBuffer.block
        range = view.boundRange
    }
}

/// Descriptor sets by what is in their slots: places within blocks are parameters, so a few sets of whole blocks serve
/// all dispatches. Used under the recorder's lock.
struct DescriptorSets {
    private let context: VulkanContext
    private var sets: [[Int]: UInt64] = [:]

    init(_ context: VulkanContext) { self.context = context }

    var count: Int { sets.count }

    /// - Parameter slots: one binding for each slot.
    mutating func set(for slots: [SlotBinding]) throws(DeviceError) -> UInt64 {
        var key = slots.map(\.block.number)
        for range in slots.lazy.compactMap(\.range) { key += [range.lowerBound, range.count] }
        if let known = sets[key] { return known }
        let bindings = slots.map { slot in
            cvk_binding(
                block: slot.block.block, offset: UInt64(slot.range?.lowerBound ?? 0),
                size: UInt64(slot.range?.count ?? 0))
        }
        var set: UInt64 = 0
        let result = cvk_set_create(context.handle, bindings, bindings.count, &set)
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
