/// What a user types to choose a device: `cpu`, `vulkan:0`, ….
public struct DeviceID: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
}

/// What a device is and what it can do.
public struct DeviceInfo: Sendable {
    /// The hardware's name, such as the processor's model.
    public let name: String
    /// Further facts to print, in order: (label, value).
    public let details: [(label: String, value: String)]
    /// Memory limit in bytes; nil if only the machine's memory limits it.
    public let memoryLimit: Int?
    public let dtypes: [DType]

    public init(name: String, details: [(label: String, value: String)], memoryLimit: Int?, dtypes: [DType]) {
        self.name = name
        self.details = details
        self.memoryLimit = memoryLimit
        self.dtypes = dtypes
    }
}

/// Memory held by a device's allocator, in bytes.
public struct MemoryUse: Sendable, Equatable {
    /// Bytes in buffers that are alive.
    public let current: Int
    /// The largest value that `current` has had.
    public let highWaterMark: Int
    /// Bytes taken from the system, cached free buffers included.
    public let reserved: Int

    public init(current: Int, highWaterMark: Int, reserved: Int) {
        self.current = current
        self.highWaterMark = highWaterMark
        self.reserved = reserved
    }
}
