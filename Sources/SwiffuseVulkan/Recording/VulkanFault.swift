/// A call of Vulkan that a test lets fail.
package enum VulkanFault: Sendable {
    case submission, wait
}
