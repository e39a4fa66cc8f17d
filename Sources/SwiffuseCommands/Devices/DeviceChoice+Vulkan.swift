import Swiffuse

extension DeviceChoice {
    /// The best device that Vulkan offers, and each by its number.
    public static var vulkan: DeviceChoice {
        DeviceChoice(
            name: "vulkan", summary: "the best GPU, through Vulkan; vulkan:0, vulkan:1, … for a certain one",
            members: { () throws(DeviceError) in try VulkanDevice.candidates().map(vulkan) }
        ) { settings throws(DeviceError) in
            try VulkanDevice(
                profile: settings.vulkanProfile, matrices: settings.vulkanMatrices, memoryLimit: settings.memoryLimit,
                watch: settings.vulkanWatch)
        }
    }

    /// One Vulkan device.
    private static func vulkan(_ candidate: VulkanDevice.Candidate) -> DeviceChoice {
        DeviceChoice(name: candidate.id.name, summary: candidate.info.name) {
            settings throws(DeviceError) in
            try VulkanDevice(
                index: candidate.index, profile: settings.vulkanProfile, matrices: settings.vulkanMatrices,
                memoryLimit: settings.memoryLimit, watch: settings.vulkanWatch)
        }
    }

    /// A GPU if there is one, else the processor: a software Vulkan driver is slower than the CPU device.
    public static var automatic: DeviceChoice {
        DeviceChoice(name: "auto", summary: "a GPU if Vulkan finds one, else the processor") {
            guard let candidates = try? VulkanDevice.candidates() else {
                return Pick(.cpu, because: "Vulkan is not available, 'swiffuse devices' says why")
            }
            let gpus = candidates.filter { !$0.isSoftware && $0.isUsable }
            if gpus.isEmpty {
                let found = candidates.map {
                    "; \($0.info.name) is \($0.isSoftware ? "a software driver" : "not usable")"
                }
                return Pick(.cpu, because: "there is no GPU" + found.joined())
            }
            return Pick(.vulkan, because: "the best of the GPUs: " + gpus.map(\.info.name).joined(separator: ", "))
        }
    }
}
