/// Cotangents under construction, by position on a tape.
///
/// Contributions are added in place when nobody else holds the value.
package struct GradientTable {
    private var entries: [Int: Tensor] = [:]

    package init() {}

    package func peek(_ position: Int) -> Tensor? { entries[position] }

    package mutating func take(_ position: Int) -> Tensor? { entries.removeValue(forKey: position) }

    /// Puts a value to accumulate into, such as the gradient of earlier micro-batches.
    package mutating func preset(_ tensor: Tensor, at position: Int) { entries[position] = tensor }

    package mutating func add(_ tensor: Tensor, to position: Int) {
        guard var existing = entries.removeValue(forKey: position) else {
            entries[position] = tensor
            return
        }
        require(existing.shape == tensor.shape, "gradient", "shapes \(existing.shape) and \(tensor.shape) differ")
        if isWritable(&existing) && tensor.failure == nil {
            Primitive.write(.copy, [tensor], into: existing, mode: .accumulate)
            entries[position] = existing
        } else {
            entries[position] = existing + tensor
        }
    }

    /// A gradient that a kernel is about to write.
    struct Delivery {
        let tensor: Tensor
        let mode: WriteMode

        /// Where the kernel writes; nil if there was no memory.
        var slot: GradientSlot? { tensor.view.map { GradientSlot(view: $0, mode: mode) } }

        /// As `Tensor.failing`.
        func failing(during name: @autoclosure () -> String) -> Delivery {
            Delivery(tensor: tensor.failing(during: name()), mode: mode)
        }
    }

    /// Lets a kernel write its contribution: straight into the sum so far if nobody else holds that, else into new
    /// memory.
    mutating func begin(_ position: Int, spec: TensorSpec, on device: any Device) -> Delivery {
        if var existing = entries.removeValue(forKey: position) {
            if isWritable(&existing) { return Delivery(tensor: existing, mode: .accumulate) }
            entries[position] = existing
        }
        return Delivery(tensor: .uninitialized(spec, on: device), mode: .overwrite)
    }

    /// Puts a written contribution into the sum.
    mutating func finish(_ delivery: Delivery, at position: Int) {
        switch delivery.mode {
        case .accumulate where entries[position] == nil: entries[position] = delivery.tensor
        case .accumulate, .overwrite: add(delivery.tensor, to: position)
        }
    }

    private func isWritable(_ tensor: inout Tensor) -> Bool {
        tensor.isContiguous && tensor.failure == nil && isKnownUniquelyReferenced(&tensor.storage)
    }
}

/// Where a backward kernel writes the gradient of one input: contiguous, float32.
public struct GradientSlot: Sendable {
    public let view: BufferView
    public let mode: WriteMode

    package init(view: BufferView, mode: WriteMode) {
        self.view = view
        self.mode = mode
    }
}
