/// Owns a buffer on a device, or the reason why there is none: a failed operation still yields a correctly shaped
/// tensor.
final class Storage: Sendable {
    let device: any Device
    let contents: Result<any DeviceBuffer, DeviceError>

    init(device: any Device, contents: Result<any DeviceBuffer, DeviceError>) {
        self.device = device
        self.contents = contents
    }

    convenience init(device: any Device, byteCount: Int) {
        do throws(DeviceError) {
            self.init(device: device, contents: .success(try device.allocate(byteCount: byteCount)))
        } catch {
            self.init(device: device, contents: .failure(error))
        }
    }

    var failure: DeviceError? {
        switch contents {
        case .success(let buffer): buffer.failure
        case .failure(let error): error
        }
    }
}
