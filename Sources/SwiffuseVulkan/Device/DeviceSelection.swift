public import SwiffuseTensor

extension VulkanInstance {
    /// The device at a position in Vulkan's list, or the best that can be used.
    func device(_ index: Int?) throws(DeviceError) -> DeviceFacts {
        guard let index else {
            if let best = devices.filter({ $0.obstacle == nil }).min(by: { $0.kind.rawValue < $1.kind.rawValue }) {
                return best
            }
            guard let first = devices.first else {
                throw .unavailable(
                    device: "vulkan",
                    reason: "no driver is installed. Install your GPU's Vulkan driver or, to compute on the processor, "
                        + "mesa-vulkan-drivers (apt-get install mesa-vulkan-drivers)")
            }
            return first
        }
        guard let facts = devices.first(where: { $0.index == index }) else {
            let known = devices.map { "vulkan:\($0.index) (\($0.name))" }.joined(separator: ", ")
            throw .unavailable(
                device: "vulkan:\(index)",
                reason: devices.isEmpty ? "no Vulkan driver is installed" : "there is no such device; found: \(known)")
        }
        return facts
    }
}

extension VulkanDevice {
    /// A device that Vulkan offers.
    public struct Candidate: Sendable {
        /// What a user types: `vulkan:0`.
        public let id: DeviceID
        public let info: DeviceInfo
        /// Whether a processor plays the GPU: correct, and slower than the CPU device.
        public let isSoftware: Bool
        /// Whether it has what kernels need; `info` says what it lacks.
        public let isUsable: Bool
        /// Position in Vulkan's list.
        public let index: Int
    }

    /// All devices that Vulkan offers, in its order.
    public static func candidates() throws(DeviceError) -> [Candidate] {
        let instance = try VulkanInstance()
        return instance.devices.map { facts in
            Candidate(
                id: DeviceID("vulkan:\(facts.index)"),
                info: facts.information(profile: .standard(for: facts), memoryLimit: nil),
                isSoftware: facts.kind == .processor, isUsable: facts.obstacle == nil, index: facts.index)
        }
    }
}

extension VulkanProfile {
    /// The profile that suits a device.
    static func standard(for facts: DeviceFacts) -> VulkanProfile {
        switch facts.driver {
        case .llvmpipe:
            var profile = llvmpipe
            // Eight lanes, sixteen with 512-bit vectors.
            profile.lanes = facts.subgroupSize
            return profile
        case .swiftShader: return swiftShader
        case .other: return gpu
        }
    }

    /// The profile for a device that it was not made for: no more lanes share a row than the device's subgroups have.
    ///
    /// - Throws: `unavailable` if kernels would read through views that the device does not allow.
    func fitted(to facts: DeviceFacts) throws(DeviceError) -> VulkanProfile {
        let texelByteCount = 4 * MemoryLayout<Float>.stride
        if usesTexels && facts.texelLimit < facts.largestBuffer / texelByteCount {
            throw .unavailable(
                device: "vulkan:\(facts.index)",
                reason: "the profile '\(name)' reads through texel buffers of up to "
                    + "\(facts.largestBuffer / texelByteCount) elements, this device allows \(facts.texelLimit); "
                    + "its own profile is '\(VulkanProfile.standard(for: facts).name)'")
        }
        var profile = self
        if usesSubgroups { profile.lanes = min(lanes, facts.subgroupSize) }
        return profile
    }
}

extension DeviceFacts {
    func information(profile: VulkanProfile, memoryLimit: Int?) -> DeviceInfo {
        var details: [(label: String, value: String)] = [
            ("type", kind.text),
            ("driver", [driverName, driverDetails].filter { !$0.isEmpty }.joined(separator: ", ")),
            ("Vulkan", vulkanVersion),
            ("profile", profile.name),
            ("subgroup", "\(subgroupSize) lanes"),
            ("workgroup", "\(workgroupSizeLimit) invocations, \(sharedMemoryByteCount / 1024) KiB shared"),
            ("largest tensor", "\(largestBuffer >> 20) MiB"),
            ("host access", hasUnifiedMemory ? "direct" : "by copies"),
            ("16-bit matrices", matrices.obstacle.map { "no: \($0)" } ?? "yes"),
        ]
        if let obstacle { details.append(("cannot be used", obstacle)) }
        return DeviceInfo(
            name: name, details: details, memoryLimit: memoryLimit ?? memoryByteCount, dtypes: DType.allCases)
    }
}
