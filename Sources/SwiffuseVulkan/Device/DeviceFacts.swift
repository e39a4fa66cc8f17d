internal import CVulkan

/// What a physical device says about itself.
struct DeviceFacts: Sendable {
    /// What a device is; the order of the cases is the order of preference.
    enum Kind: Int, Sendable {
        case discrete, integrated, virtual, other, processor

        var text: String {
            switch self {
            case .discrete: "discrete GPU"
            case .integrated: "integrated GPU"
            case .virtual: "virtual GPU"
            case .other: "other"
            case .processor: "processor (software driver)"
            }
        }
    }

    enum Driver: Sendable, Equatable {
        case llvmpipe, swiftShader, other
    }

    /// Position in the library's list.
    let index: Int
    let name: String
    let kind: Kind
    let driver: Driver
    let driverName: String
    let driverDetails: String
    let vulkanVersion: String
    let subgroupSize: Int
    let memoryByteCount: Int
    let hasUnifiedMemory: Bool
    /// Workgroups along one axis of a dispatch.
    let workgroupLimit: Int
    /// Invocations of a workgroup.
    let workgroupSizeLimit: Int
    let sharedMemoryByteCount: Int
    let storageBufferByteCount: Int
    /// What the start of a bound range of bytes must be a multiple of; at least a vector of four.
    let bindingAlignment: Int
    /// Elements of a texel buffer view.
    let texelLimit: Int
    let allocationByteCount: Int
    /// Nanoseconds per tick of a timestamp; 0 without timestamps.
    let timestampPeriod: Double
    /// Names a compiled kernel's home: vendor, device, driver version and the driver's own identifier.
    let cacheIdentity: [UInt8]
    let matrices: MatrixSupport
    /// Why the device cannot be used; nil if it can.
    let obstacle: String?

    init(_ facts: cvk_device_facts, index: Int) {
        var facts = facts
        self.index = index
        name = withUnsafeBytes(of: &facts.name) { String(terminated: $0.map { CChar(bitPattern: $0) }) }
        driverName = withUnsafeBytes(of: &facts.driver_name) { String(terminated: $0.map { CChar(bitPattern: $0) }) }
        driverDetails = withUnsafeBytes(of: &facts.driver_details) {
            String(terminated: $0.map { CChar(bitPattern: $0) })
        }
        kind = Kind(facts.kind)
        driver = Driver(identifier: facts.driver_id)
        vulkanVersion = "\(facts.api_version / 1000).\(facts.api_version % 1000)"
        subgroupSize = Int(facts.subgroup_size)
        memoryByteCount = Int(clamping: facts.memory_bytes)
        hasUnifiedMemory = facts.has_unified_memory
        workgroupLimit = Int(facts.workgroup_limit)
        workgroupSizeLimit = Int(facts.workgroup_size_limit)
        sharedMemoryByteCount = Int(facts.shared_memory_bytes)
        storageBufferByteCount = Int(clamping: facts.storage_buffer_bytes)
        bindingAlignment = max(4 * MemoryLayout<Float>.stride, Int(clamping: facts.storage_alignment))
        texelLimit = Int(clamping: facts.texel_limit)
        allocationByteCount = Int(clamping: facts.allocation_limit)
        timestampPeriod = Double(facts.timestamp_period)
        cacheIdentity =
            withUnsafeBytes(of: (facts.vendor_id, facts.device_id, facts.driver_version)) { Array($0) }
            + withUnsafeBytes(of: &facts.cache_id) { Array($0) }
        matrices = MatrixSupport(facts)
        obstacle = Self.obstacle(facts)
    }

    private static func obstacle(_ facts: cvk_device_facts) -> String? {
        if facts.api_version < 1002 || !facts.has_timeline_semaphore {
            return "its driver offers Vulkan \(facts.api_version / 1000).\(facts.api_version % 1000) without timeline "
                + "semaphores; Vulkan 1.2 is needed: update the driver"
        }
        if !facts.has_compute_queue { return "it has no compute queue" }
        if Int(facts.storage_buffer_count) < cvk_slot_count {
            return "a kernel may use only \(facts.storage_buffer_count) storage buffers, \(cvk_slot_count) are "
                + "needed"
        }
        return nil
    }
}

extension DeviceFacts.Kind {
    fileprivate init(_ kind: cvk_device_kind) {
        switch kind {
        case cvk_discrete: self = .discrete
        case cvk_integrated: self = .integrated
        case cvk_virtual: self = .virtual
        case cvk_processor: self = .processor
        default: self = .other
        }
    }
}

extension DeviceFacts.Driver {
    /// Numbers of VkDriverId.
    fileprivate init(identifier: UInt32) {
        switch identifier {
        case 13: self = .llvmpipe
        case 10: self = .swiftShader
        default: self = .other
        }
    }
}
