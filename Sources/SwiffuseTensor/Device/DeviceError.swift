/// What can go wrong on a compute device.
public enum DeviceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No memory for a buffer: what was asked for, what is in use, and the limit if one is set (bytes).
    case outOfMemory(device: String, requested: Int, inUse: Int, limit: Int?)
    /// The device or a library that it needs is not on this machine; the text says what to install.
    case unavailable(device: String, reason: String)
    /// An operation failed on the device.
    case failed(device: String, operation: String, reason: String)

    public var description: String {
        switch self {
        case .outOfMemory(let device, let requested, let inUse, let limit):
            "\(device): out of memory: \(requested) bytes requested, \(inUse) in use"
                + (limit.map { ", limit \($0)" } ?? "") + "; use a smaller batch or image, or raise the limit"
        case .unavailable(let device, let reason): "\(device): not available: \(reason)"
        case .failed(let device, let operation, let reason): "\(device): \(operation) failed: \(reason)"
        }
    }
}
