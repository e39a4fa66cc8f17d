internal import CVulkan
internal import SwiffuseTensor

/// The Vulkan library with the devices that it finds, in its order.
final class VulkanInstance: @unchecked Sendable {
    // Unchecked: the handle is set once; Vulkan's functions for instances may be called from any thread.
    let handle: OpaquePointer
    let devices: [DeviceFacts]

    /// - Parameter isValidated: whether the Khronos validation layer watches every call.
    /// - Throws: `unavailable`, with what to install, if there is no Vulkan library, no driver or no validation layer.
    init(isValidated: Bool = false) throws(DeviceError) {
        if let reason = cvk_load() { throw .unavailable(device: "vulkan", reason: String(cString: reason)) }
        var created: OpaquePointer?
        let result = cvk_instance_create(isValidated, &created)
        if result == Int32(cvk_no_validation_layer) {
            throw .unavailable(
                device: "vulkan",
                reason: "the validation layer is not installed: apt-get install vulkan-validationlayers")
        }
        guard result >= 0, let created else {
            throw .unavailable(
                device: "vulkan",
                reason: "no usable driver (\(String(cString: cvk_result_name(result)))). Install your GPU's Vulkan "
                    + "driver or, to compute on the processor, mesa-vulkan-drivers; where VK_DRIVER_FILES or "
                    + "VK_ICD_FILENAMES is set, only the drivers that it names are looked for")
        }
        handle = created
        devices = (0..<cvk_instance_device_count(created)).map { index in
            var facts = cvk_device_facts()
            cvk_instance_device_facts(created, index, &facts)
            return DeviceFacts(facts, index: Int(index))
        }
    }

    deinit { cvk_instance_destroy(handle) }

    /// Warnings and errors of the validation layer so far, and the first one's text.
    var messages: (count: Int, first: String) {
        var text = [CChar](repeating: 0, count: 2048)
        cvk_instance_first_message(handle, &text, text.count)
        return (Int(cvk_instance_message_count(handle)), String(terminated: text))
    }
}

extension String {
    /// The text before the first zero.
    init(terminated characters: some Sequence<CChar>) {
        self.init(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
