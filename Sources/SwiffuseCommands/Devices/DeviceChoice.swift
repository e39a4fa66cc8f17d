public import Swiffuse

/// A device that `--device` can name.
public struct DeviceChoice: Sendable {
    /// What a user types.
    public let name: String
    public let summary: String
    /// Opens the device.
    public let open: @Sendable (DeviceSettings) throws(DeviceError) -> any Device
    /// The single devices behind a name that stands for several, such as vulkan:0 and vulkan:1 for vulkan; a user may
    /// type their names too. Asked for only when needed: looking takes time. nil for a name of one device.
    public let members: (@Sendable () throws(DeviceError) -> [DeviceChoice])?
    /// For a name that only picks among other choices: which one, and why. Asked for only when needed. nil for others.
    public let pick: (@Sendable () -> Pick)?

    /// Another choice, and why it was picked.
    public struct Pick: Sendable {
        public let choice: DeviceChoice
        /// Words for the user.
        public let reason: String

        public init(_ choice: DeviceChoice, because reason: String) {
            self.choice = choice
            self.reason = reason
        }
    }

    public init(
        name: String, summary: String,
        members: (@Sendable () throws(DeviceError) -> [DeviceChoice])? = nil,
        open: @escaping @Sendable (DeviceSettings) throws(DeviceError) -> any Device
    ) {
        self.name = name
        self.summary = summary
        self.members = members
        self.open = open
        pick = nil
    }

    /// A name that picks among other choices.
    public init(name: String, summary: String, pick: @escaping @Sendable () -> Pick) {
        self.name = name
        self.summary = summary
        self.pick = pick
        members = nil
        open = { settings throws(DeviceError) in try pick().choice.open(settings) }
    }

    /// The devices of this package.
    public static var standard: [DeviceChoice] { [.cpu, .vulkan, .automatic] }

    /// The processor.
    public static var cpu: DeviceChoice {
        DeviceChoice(name: "cpu", summary: "the processor, with oneDNN or OpenBLAS") { settings throws(DeviceError) in
            try settings.checkMatrices(of: "cpu")
            return try CPUDevice(
                threads: settings.threads, memoryLimit: settings.memoryLimit, matrixLibrary: settings.matrixLibrary)
        }
    }
}

/// How to open a device.
public struct DeviceSettings: Sendable, Hashable {
    /// Number of threads; nil for all cores.
    public var threads: Int?
    /// Most bytes to use; nil for no limit.
    public var memoryLimit: Int?
    /// Who multiplies matrices on the processor; nil for the preferred library.
    public var matrixLibrary: MatrixLibrary?
    /// How Vulkan kernels are shaped; nil for the device's own profile.
    public var vulkanProfile: VulkanProfile?
    /// How large matrix products of a Vulkan device round their operands.
    public var vulkanMatrices = VulkanMatrices.float32
    /// What is watched while a Vulkan device works.
    public var vulkanWatch = VulkanWatch()

    public init(threads: Int? = nil, memoryLimit: Int? = nil, vulkanProfile: VulkanProfile? = nil) {
        self.threads = threads
        self.memoryLimit = memoryLimit
        self.vulkanProfile = vulkanProfile
    }

    /// Refuses 16-bit matrices, for a device that has none.
    public func checkMatrices(of device: String) throws(DeviceError) {
        if vulkanMatrices == .float32 { return }
        throw .unavailable(
            device: device,
            reason: "it multiplies float32 matrices only; leave --vulkan-matrices out, or name a Vulkan device with "
                + "--device")
    }
}
