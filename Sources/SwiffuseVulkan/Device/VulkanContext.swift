internal import CVulkan
internal import SwiffuseTensor

/// The opened logical device; everything made from it holds it, so it goes last.
final class VulkanContext: @unchecked Sendable {
    // Unchecked: the handle is set once; the recorder's lock guards the calls that Vulkan wants serialised.
    let handle: OpaquePointer
    let instance: VulkanInstance
    let facts: DeviceFacts
    let profile: VulkanProfile
    /// What a user types: `vulkan:0`.
    let name: String

    init(_ instance: VulkanInstance, _ facts: DeviceFacts, profile: VulkanProfile) throws(DeviceError) {
        let name = "vulkan:\(facts.index)"
        if let obstacle = facts.obstacle { throw .unavailable(device: name, reason: "\(facts.name): \(obstacle)") }
        var created: OpaquePointer?
        let result = cvk_device_create(
            instance.handle, UInt32(facts.index), profile.usesTexels, profile.product.usesMatrices, &created)
        guard result >= 0, let created else {
            throw .unavailable(
                device: name, reason: "\(facts.name) cannot be opened: \(VulkanFailure.name(result))")
        }
        handle = created
        self.instance = instance
        self.facts = facts
        self.profile = profile
        self.name = name
    }

    deinit { cvk_device_destroy(handle) }
}
