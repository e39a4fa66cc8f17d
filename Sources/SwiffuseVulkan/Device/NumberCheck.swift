internal import SwiffuseTensor

extension VulkanRuntime {
    /// Records a dispatch; on a device that checks numbers, also runs it at once and looks at what it wrote.
    ///
    /// - Throws: `failed`, naming the kernel, if a checked dispatch wrote something that is not a number.
    func record(_ dispatch: Dispatch) throws(DeviceError) {
        try recorder.record(dispatch)
        guard checksNumbers else { return }
        let operands = dispatch.operands.compactMap { $0 } + dispatch.further
        for operand in operands where operand.access != .read && operand.view.dtype == .float32 {
            guard let element = try firstNaN(in: operand.view) else { continue }
            throw .failed(
                device: name, operation: "kernel \(dispatch.kernel.rawValue)",
                reason: "element \(element) of an output of shape \(operand.view.shape) is not a number; constants "
                    + "\(dispatch.constants)")
        }
    }

    /// Row-major number of the first NaN.
    private func firstNaN(in view: BufferView) throws(DeviceError) -> Int? {
        if view.count == 0 { return nil }
        let span = view.byteRange.count
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: span, alignment: 16)
        defer { bytes.deallocate() }
        try download(view.vulkanBuffer, byteOffset: view.offset * 4, to: bytes)
        let values = bytes.bindMemory(to: Float.self)
        return (0..<view.count).first { element in
            var (rest, place) = (element, 0)
            for axis in view.shape.indices.reversed() {
                place += rest % view.shape[axis] * view.strides[axis]
                rest /= view.shape[axis]
            }
            return values[place].isNaN
        }
    }
}
