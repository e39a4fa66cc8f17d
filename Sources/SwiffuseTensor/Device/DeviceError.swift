/// What can go wrong on a compute device.
public enum DeviceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No memory for a buffer: the operation that needs it, if one does, what was asked for, what is in use, and the
    /// limit if one is set (bytes).
    case outOfMemory(device: String, operation: String? = nil, requested: Int, inUse: Int, limit: Int?)
    /// The device or a library that it needs is not on this machine; the text says what to install.
    case unavailable(device: String, reason: String)
    /// An operation failed on the device.
    case failed(device: String, operation: String, reason: String)

    public var description: String {
        switch self {
        case .outOfMemory(let device, let operation, let requested, let inUse, let limit):
            "\(device): \(operation.map { $0 + ": " } ?? "")out of memory: \(requested) bytes requested, "
                + "\(inUse) in use" + (limit.map { ", limit \($0)" } ?? "")
                + "; use a smaller batch or image, or raise the limit"
        case .unavailable(let device, let reason): "\(device): not available: \(reason)"
        case .failed(let device, let operation, let reason): "\(device): \(operation) failed: \(reason)"
        }
    }

    /// The error with the operation that met it, if it names none yet.
    func during(_ name: @autoclosure () -> String) -> DeviceError {
        guard case .outOfMemory(let device, nil, let requested, let inUse, let limit) = self else { return self }
        return .outOfMemory(device: device, operation: name(), requested: requested, inUse: inUse, limit: limit)
    }
}
