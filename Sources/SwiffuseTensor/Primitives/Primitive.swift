/// Runs primitives: allocates the result, carries failures on, leaves recording to the caller.
enum Primitive {
    static func run(_ op: PrimitiveOp, _ inputs: [Tensor], output spec: TensorSpec, on device: any Device) -> Tensor {
        if let failure = firstFailure(of: inputs) { return .poisoned(spec, by: failure, on: device) }
        let result = Tensor.uninitialized(spec, on: device)
        write(op, inputs, into: result, mode: .overwrite)
        return result.failing(during: op.name)
    }

    /// Runs on the device of the inputs, which must agree.
    static func run(_ op: PrimitiveOp, _ inputs: [Tensor], output spec: TensorSpec) -> Tensor {
        run(op, inputs, output: spec, on: commonDevice(of: inputs, operation: "\(op)"))
    }

    /// Writes into an existing tensor's memory; the caller guarantees that nobody else sees it.
    static func write(_ op: PrimitiveOp, _ inputs: [Tensor], into output: Tensor, mode: WriteMode) {
        guard let destination = output.view else { return }
        let views = inputs.compactMap(\.view)
        guard views.count == inputs.count else { return }
        output.device.execute(op, reading: views, writing: destination, mode: mode)
    }

    static func firstFailure(of tensors: [Tensor]) -> DeviceError? {
        for tensor in tensors { if let failure = tensor.failure { return failure } }
        return nil
    }

    static func commonDevice(of tensors: [Tensor], operation: @autoclosure () -> String) -> any Device {
        guard let first = tensors.first else { fatalError("\(operation()): no inputs") }
        for tensor in tensors.dropFirst() {
            require(
                tensor.device === first.device, operation(),
                "inputs are on different devices: \(first.device.id), \(tensor.device.id)")
        }
        return first.device
    }
}
