extension Tensor {
    /// A float32 tensor from row-major values.
    public init(_ values: [Float], shape: Shape, on device: any Device) {
        require(values.count == shape.count, "Tensor", "\(values.count) values do not fill the shape \(shape)")
        self = values.withUnsafeBytes { Tensor(bytes: $0, spec: TensorSpec(shape), on: device) }
    }

    /// An int32 tensor (labels, indices) from row-major values.
    public init(integers values: [Int32], shape: Shape, on device: any Device) {
        require(values.count == shape.count, "Tensor", "\(values.count) values do not fill the shape \(shape)")
        self = values.withUnsafeBytes { Tensor(bytes: $0, spec: TensorSpec(shape, .int32), on: device) }
    }

    /// A tensor from the raw little-endian bytes of a row-major array.
    public init(bytes: UnsafeRawBufferPointer, spec: TensorSpec, on device: any Device) {
        require(bytes.count == spec.byteCount, "Tensor", "\(bytes.count) bytes do not fill \(spec)")
        let result = Tensor.uninitialized(spec, on: device)
        do throws(DeviceError) {
            guard case .success(let buffer) = result.storage.contents else {
                self = result
                return
            }
            try device.upload(bytes, to: buffer)
            self = result
        } catch {
            self = .poisoned(spec, by: error, on: device)
        }
    }

    public static func filled(_ value: Float, shape: Shape, on device: any Device) -> Tensor {
        Primitive.run(.fill(value), [], output: TensorSpec(shape), on: device)
    }

    public static func zeros(_ shape: Shape, on device: any Device) -> Tensor { filled(0, shape: shape, on: device) }

    public static func ones(_ shape: Shape, on device: any Device) -> Tensor { filled(1, shape: shape, on: device) }

    /// Standard normal numbers, drawn on the host so that a seed gives the same numbers on every device.
    public static func normal(_ shape: Shape, using random: inout Philox, on device: any Device) -> Tensor {
        Tensor(random.normals(shape.count), shape: shape, on: device)
    }

    /// Uniform numbers in 0 ..< 1, drawn on the host.
    public static func uniform(_ shape: Shape, using random: inout Philox, on device: any Device) -> Tensor {
        Tensor(random.uniforms(shape.count), shape: shape, on: device)
    }

    /// Random numbers drawn on the device from the stream of `random`.
    public static func random(
        _ distribution: RandomDistribution, _ shape: Shape, from random: Philox, on device: any Device
    ) -> Tensor {
        Primitive.run(.random(distribution, random), [], output: TensorSpec(shape), on: device)
    }
}
