public import Swiffuse

/// A device that `--device` can name.
public struct DeviceChoice: Sendable {
    /// What a user types.
    public let name: String
    public let summary: String
    /// Opens the device.
    public let open: @Sendable (DeviceSettings) throws(DeviceError) -> any Device

    public init(
        name: String, summary: String, open: @escaping @Sendable (DeviceSettings) throws(DeviceError) -> any Device
    ) {
        self.name = name
        self.summary = summary
        self.open = open
    }

    /// The devices of this package.
    public static var standard: [DeviceChoice] { [.cpu] }

    /// The processor.
    public static var cpu: DeviceChoice {
        DeviceChoice(name: "cpu", summary: "the processor, with OpenBLAS") { settings throws(DeviceError) in
            try CPUDevice(threads: settings.threads, memoryLimit: settings.memoryLimit)
        }
    }
}

/// How to open a device.
public struct DeviceSettings: Sendable, Hashable {
    /// Number of threads; nil for all cores.
    public var threads: Int?
    /// Most bytes to use; nil for no limit.
    public var memoryLimit: Int?

    public init(threads: Int? = nil, memoryLimit: Int? = nil) {
        self.threads = threads
        self.memoryLimit = memoryLimit
    }
}
