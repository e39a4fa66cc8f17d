import SwiffuseVulkan
import Testing

/// The Vulkan device that tests share: compiled kernels stay.
enum VulkanFixture {
    /// nil, with a message, where no Vulkan driver is installed.
    static let device: VulkanDevice? = {
        do {
            return try VulkanDevice()
        } catch {
            print("Vulkan tests are skipped: \(error)")
            return nil
        }
    }()

    static var isAvailable: Bool { device != nil }
}

extension Trait where Self == ConditionTrait {
    /// Runs a test only where a Vulkan driver is installed.
    static var needsVulkan: Self {
        .enabled(if: VulkanFixture.isAvailable, "no Vulkan driver: apt-get install mesa-vulkan-drivers")
    }
}
