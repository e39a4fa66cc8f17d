extension Tensor {
    /// The same elements, dense in row-major order; itself if they are already.
    public func contiguous() -> Tensor {
        if isContiguous { return self }
        return Primitive.run(.copy, [self], output: spec)
            .recorded(Pullback(self) { $0 })
    }

    /// The same elements under another shape with the same count; one extent may be -1 to be inferred.
    public func reshaped(to extents: [Int]) -> Tensor {
        let known = extents.filter { $0 != -1 }.reduce(1, *)
        let inferred = extents.map { $0 == -1 ? (known == 0 ? 0 : count / known) : $0 }
        let target = Shape(inferred)
        require(target.count == count, "reshaped", "\(shape) does not fit into \(extents)")
        if target == shape { return self }
        let source = contiguous()
        let original = shape
        return Tensor(spec: TensorSpec(target, dtype), storage: source.storage, offset: source.offset)
            .recorded(Pullback(self) { $0.reshaped(to: original.dimensions) })
    }

    public func reshaped(to extents: Int...) -> Tensor { reshaped(to: extents) }

    /// The axes in another order.
    public func permuted(to order: [Int]) -> Tensor {
        require(order.sorted() == Array(0..<shape.rank), "permuted", "\(order) is no order of the axes of \(shape)")
        var inverse = order
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        let back = inverse
        return Tensor(
            spec: TensorSpec(Shape(order.map { shape.dimensions[$0] }), dtype), storage: storage, offset: offset,
            strides: order.map { strides[$0] }
        ).recorded(Pullback(self) { $0.permuted(to: back) })
    }

    /// The last two axes exchanged.
    public func transposed() -> Tensor {
        require(shape.rank >= 2, "transposed", "at least two axes expected, got \(shape)")
        var order = Array(0..<shape.rank)
        order.swapAt(shape.rank - 1, shape.rank - 2)
        return permuted(to: order)
    }

    /// The elements of `range` along an axis, without a copy.
    public func sliced(along axis: Int, _ range: Range<Int>) -> Tensor {
        let axis = shape.normalized(axis)
        require(
            range.lowerBound >= 0 && range.upperBound <= shape[axis], "sliced",
            "\(range) is outside axis \(axis) of \(shape)")
        if range == 0..<shape[axis] { return self }
        let original = shape
        return window(axis, range).recorded(
            Pullback(self) { cotangent in
                let full = Tensor.zeros(original, on: cotangent.device)
                Primitive.write(.copy, [cotangent], into: full.window(axis, range), mode: .overwrite)
                return full.failingLike(cotangent)
            })
    }

    /// Cuts an axis into equal parts, without copies; their gradients are put together in one piece.
    public func chunked(into parts: Int, along axis: Int) -> [Tensor] {
        let axis = shape.normalized(axis)
        require(parts > 0 && shape[axis] % parts == 0, "chunked", "\(shape) along \(axis) has no \(parts) equal parts")
        let size = shape[axis] / parts
        let windows = (0..<parts).map { detached().window(axis, $0 * size..<($0 + 1) * size) }
        guard let node else { return windows }
        let first = node.tape.reserve(parts)
        let original = spec
        node.tape.append(
            Tape.Record(outputs: Array(first..<first + parts)) { cotangents, table in
                guard let device = cotangents.lazy.compactMap({ $0?.device }).first else { return }
                let full = Tensor.uninitialized(original, on: device)
                for (index, cotangent) in cotangents.enumerated() {
                    let part = full.window(axis, index * size..<(index + 1) * size)
                    Primitive.write(
                        cotangent == nil ? .fill(0) : .copy, cotangent.map { [$0] } ?? [], into: part, mode: .overwrite)
                }
                let failed = cotangents.lazy.compactMap { $0 }.first { $0.failure != nil }
                table.add(failed.map { full.failingLike($0) } ?? full, to: node.position)
            })
        return windows.enumerated().map { $1.attached(to: TapeNode(tape: node.tape, position: first + $0)) }
    }

    /// Repeats extents of 1 (and missing leading axes) up to `target`, without a copy.
    public func broadcast(to target: Shape) -> Tensor {
        if shape == target { return self }
        require(shape.broadcast(with: target) == target, "broadcast", "\(shape) does not broadcast to \(target)")
        let missing = target.rank - shape.rank
        let steps = (0..<target.rank).map { axis in
            axis < missing || (shape.dimensions[axis - missing] == 1 && target.dimensions[axis] != 1)
                ? 0 : strides[axis - missing]
        }
        let original = shape
        return Tensor(spec: TensorSpec(target, dtype), storage: storage, offset: offset, strides: steps)
            .recorded(Pullback(self) { $0.summed(to: original) })
    }

    /// Puts tensors one after the other along an axis.
    public static func concatenated(_ parts: [Tensor], along axis: Int) -> Tensor {
        let device = Primitive.commonDevice(of: parts, operation: "concatenated")
        let axis = parts[0].shape.normalized(axis)
        for part in parts {
            require(
                part.dtype == parts[0].dtype && part.shape.rank == parts[0].shape.rank
                    && part.shape.replacing(axis, with: 0) == parts[0].shape.replacing(axis, with: 0),
                "concatenated", "\(part.spec) does not fit \(parts[0].spec) along axis \(axis)")
        }
        let spec = TensorSpec(
            parts[0].shape.replacing(axis, with: parts.reduce(0) { $0 + $1.shape[axis] }), parts[0].dtype)
        if let failure = Primitive.firstFailure(of: parts) { return .poisoned(spec, by: failure, on: device) }
        let result = Tensor.uninitialized(spec, on: device)
        var ranges: [Range<Int>] = []
        for part in parts {
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<start + part.shape[axis])
            Primitive.write(
                .copy, [part.detached()], into: result.window(axis, ranges[ranges.count - 1]), mode: .overwrite)
        }
        return result.recordedConcatenation(of: parts, ranges, axis)
    }

    private func recordedConcatenation(of parts: [Tensor], _ ranges: [Range<Int>], _ axis: Int) -> Tensor {
        guard let tape = parts.lazy.compactMap(\.node?.tape).first else { return self }
        let targets = zip(parts, ranges).compactMap { part, range in
            part.isTracked ? (position: Tensor.position(of: part, on: tape), range: range) : nil
        }
        let position = tape.reserve(1)
        tape.append(
            Tape.Record(outputs: [position]) { cotangents, table in
                guard let cotangent = cotangents[0] else { return }
                for target in targets { table.add(cotangent.window(axis, target.range), to: target.position) }
            })
        return attached(to: TapeNode(tape: tape, position: position))
    }

    /// The elements of a range along an axis, sharing memory, unrecorded.
    func window(_ axis: Int, _ range: Range<Int>) -> Tensor {
        Tensor(
            spec: TensorSpec(shape.replacing(axis, with: range.count), dtype), storage: storage,
            offset: offset + range.lowerBound * strides[axis], strides: strides)
    }

    /// This value, or a poisoned one if `other` is.
    func failingLike(_ other: Tensor) -> Tensor {
        other.failure.map { .poisoned(spec, by: $0, on: device) } ?? self
    }
}
