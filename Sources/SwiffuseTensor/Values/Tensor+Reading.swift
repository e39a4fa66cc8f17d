extension Tensor {
    /// The values in row-major order, after all enqueued work.
    public func scalars() throws(DeviceError) -> [Float] {
        require(dtype == .float32, "scalars", "float32 expected, got \(spec)")
        return try read(as: Float.self, zero: 0)
    }

    /// The only value of a tensor with one element.
    public func scalar() throws(DeviceError) -> Float {
        require(count == 1, "scalar", "one element expected, got \(spec)")
        return try scalars()[0]
    }

    /// The values of an int32 tensor in row-major order.
    public func integers() throws(DeviceError) -> [Int32] {
        require(dtype == .int32, "integers", "int32 expected, got \(spec)")
        return try read(as: Int32.self, zero: 0)
    }

    /// Copies the values in row-major order to host memory of `spec.byteCount` bytes.
    public func copy(to bytes: UnsafeMutableRawBufferPointer) throws(DeviceError) {
        require(bytes.count == spec.byteCount, "copy", "\(bytes.count) bytes given for \(spec)")
        let dense = contiguous()
        if let failure = dense.failure { throw failure }
        guard let view = dense.view else { return }
        try device.download(view.buffer, byteOffset: view.offset * dtype.byteCount, to: bytes)
    }

    private func read<Element: BitwiseCopyable>(as type: Element.Type, zero: Element) throws(DeviceError) -> [Element] {
        var result = [Element](repeating: zero, count: count)
        var failure: DeviceError?
        result.withUnsafeMutableBytes { bytes in
            do throws(DeviceError) { try copy(to: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return result
    }
}
