internal import CVulkan
internal import SwiffuseTensor

/// Results of Vulkan calls as errors.
enum VulkanFailure {
    /// VK_ERROR_OUT_OF_HOST_MEMORY, VK_ERROR_OUT_OF_DEVICE_MEMORY.
    static func isOutOfMemory(_ result: Int32) -> Bool { result == -1 || result == -2 }

    /// VK_ERROR_DEVICE_LOST.
    static let deviceLost: Int32 = -4
    /// VK_TIMEOUT.
    static let timeout: Int32 = 2

    static func name(_ result: Int32) -> String { String(cString: cvk_result_name(result)) }

    /// Throws unless the call succeeded.
    static func check(_ result: Int32, device: String, operation: String) throws(DeviceError) {
        if result >= 0 { return }
        throw .failed(device: device, operation: operation, reason: name(result))
    }
}
