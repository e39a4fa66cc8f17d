extension FusedOp {
    /// Runs the operation: the device's kernel if it has one, else its composition, on the device of the inputs.
    public func callAsFunction(_ given: [Tensor]) -> [Tensor] {
        let inputs = given.enumerated().map { constantInputs.contains($0) ? $1.detached() : $1 }
        let device = Primitive.commonDevice(of: inputs, operation: Self.name.name)
        let specs = checkedOutputs(for: inputs.map(\.spec))
        guard let kernel = device.kernels.kernel(for: Self.self) else { return composition(inputs) }
        if let failure = Primitive.firstFailure(of: inputs) {
            return specs.map { .poisoned($0, by: failure, on: device) }
        }
        let tape = inputs.lazy.compactMap(\.node?.tape).first
        let call = FusedCall(
            operands: inputs.enumerated().map { index, input in
                kernel.acceptsStrided.contains(index) ? input.detached() : input.detached().contiguous()
            },
            results: specs.map { Tensor.uninitialized($0, on: device) },
            residuals: tape == nil
                ? [] : kernel.residuals(self, inputs.map(\.spec)).map { Tensor.uninitialized($0, on: device) })
        if let failure = Primitive.firstFailure(of: call.operands + call.results + call.residuals) {
            return specs.map { .poisoned($0, by: failure.during(Self.name.name), on: device) }
        }
        kernel.forward(
            self,
            .init(
                inputs: call.operands.compactMap(\.view), outputs: call.results.compactMap(\.view),
                residuals: call.residuals.compactMap(\.view)))
        guard let tape else { return call.results.map { $0.failing(during: Self.name.name) } }
        return record(call, kernel, inputs, on: tape)
    }

    /// `outputs` for inputs of the one element type that kernels read.
    private func checkedOutputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.allSatisfy { $0.dtype == .float32 }, Self.name.name,
            "float32 expected, got \(inputs.map(\.description).joined(separator: ", "))")
        return outputs(for: inputs)
    }

    private func record(
        _ call: FusedCall, _ kernel: FusedKernel<Self>, _ inputs: [Tensor], on tape: Tape
    ) -> [Tensor] {
        guard let backward = kernel.backward else {
            fatalError("\(Self.name): has no gradient, but an input is being recorded")
        }
        let positions = inputs.map { $0.isTracked ? Tensor.position(of: $0, on: tape) : nil }
        let first = tape.reserve(call.results.count)
        let operands = zip(inputs, call.operands).map { input, operand in
            isCheapToRepeat ? .value(operand) : KeptTensor(input, readAs: operand)
        }
        let keeps = kernel.keeps(self, Set(positions.indices.filter { positions[$0] != nil }))
        let kept = KeptValues(
            inputs: operands.enumerated().map { keeps.inputs.contains($0) ? $1 : nil },
            outputs: call.results.enumerated().map { keeps.outputs.contains($0) ? $1 : nil },
            residuals: call.residuals, outputSpecs: call.results.map(\.spec), inputSpecs: inputs.map(\.spec))
        let launch = isCheapToRepeat ? RecomputedLaunch(call.operands) { callAsFunction($0) } : nil
        let through = passesThrough
        tape.append(
            Tape.Record(outputs: Array(first..<first + call.results.count)) { cotangents, table in
                var needed = positions
                if let through, let position = positions[through.input] {
                    if let cotangent = cotangents[through.output] { table.add(cotangent, to: position) }
                    needed[through.input] = nil
                }
                guard needed.contains(where: { $0 != nil }) else { return }
                kept.deliver(cotangents, to: needed, table: &table) { backward(self, $0) }
            })
        return call.results.enumerated().map { index, result in
            let origin = launch.map { RecomputedOutput(launch: $0, index: index) }
            return result.failing(during: Self.name.name)
                .attached(to: TapeNode(tape: tape, position: first + index, origin: origin))
        }
    }

    /// Replaces `values` by the operation's results, in their own memory where nobody else holds them.
    ///
    /// - Parameters:
    ///   - values: read and replaced; the operation has one output for each, of the same shape.
    ///   - reading: further inputs.
    public func update(_ values: inout [Tensor], reading: [Tensor]) {
        guard let (kernel, call) = preparedUpdate(of: &values, reading: reading) else { return }
        kernel.forward(self, call)
    }

    /// `update` of several groups of values on one device, in as few launches as the device can.
    ///
    /// - Parameters:
    ///   - groups: the values of each update.
    ///   - reading: the further inputs of each update.
    public func update(each groups: inout [[Tensor]], reading: [[Tensor]]) {
        require(
            groups.count == reading.count, Self.name.name, "\(groups.count) updates with inputs for \(reading.count)")
        var kernel: FusedKernel<Self>?
        var calls: [FusedKernel<Self>.Forward] = []
        for index in groups.indices {
            guard let prepared = preparedUpdate(of: &groups[index], reading: reading[index]) else { continue }
            kernel = prepared.kernel
            calls.append(prepared.call)
        }
        guard let kernel else { return }
        if let updateAll = kernel.updateAll {
            updateAll(self, calls)
        } else {
            for call in calls { kernel.forward(self, call) }
        }
    }

    /// The kernel's call that updates values in place, after they have got memory of their own; nil if they are done.
    private func preparedUpdate(
        of values: inout [Tensor], reading: [Tensor]
    ) -> (kernel: FusedKernel<Self>, call: FusedKernel<Self>.Forward)? {
        let device = Primitive.commonDevice(of: values + reading, operation: Self.name.name)
        let specs = checkedOutputs(for: values.map(\.spec) + reading.map(\.spec))
        require(specs == values.map(\.spec), Self.name.name, "an update must keep the shapes of \(values.map(\.spec))")
        guard let kernel = device.kernels.kernel(for: Self.self) else {
            values = reference(values.map { $0.detached() } + reading.map { $0.detached() })
            return nil
        }
        if let failure = Primitive.firstFailure(of: values + reading) {
            values = specs.map { .poisoned($0, by: failure, on: device) }
            return nil
        }
        for index in values.indices {
            let isOwned = values[index].isContiguous && isKnownUniquelyReferenced(&values[index].storage)
            if !isOwned { values[index] = Primitive.run(.copy, [values[index].detached()], output: specs[index]) }
        }
        let sources = reading.map { $0.detached().contiguous() }
        if let failure = Primitive.firstFailure(of: values + sources) {
            values = specs.map { .poisoned($0, by: failure, on: device) }
            return nil
        }
        let targets = values.compactMap(\.view)
        return (kernel, .init(inputs: targets + sources.compactMap(\.view), outputs: targets, residuals: []))
    }
}

/// The tensors of one kernel launch.
private struct FusedCall {
    let operands: [Tensor]
    let results: [Tensor]
    let residuals: [Tensor]
}

/// What a recorded kernel launch holds until its backward kernel has run.
private struct KeptValues: Sendable {
    let inputs: [KeptTensor?]
    let outputs: [Tensor?]
    let residuals: [Tensor]
    let outputSpecs: [TensorSpec]
    let inputSpecs: [TensorSpec]

    /// Runs a backward kernel with slots for the needed gradients and puts them into the table.
    func deliver<Op>(
        _ cotangents: [Tensor?], to positions: [Int?], table: inout GradientTable,
        backward: (FusedKernel<Op>.Backward) -> Void
    ) {
        guard let device = cotangents.lazy.compactMap({ $0?.device }).first else { return }
        let dense = zip(cotangents, outputSpecs).map { cotangent, spec in
            cotangent?.contiguous() ?? Tensor.zeros(spec.shape, on: device)
        }
        var recomputing = Recomputing()
        let inputs = inputs.map { $0.map { recomputing.tensor($0) } }
        if let failure = Primitive.firstFailure(of: dense + inputs.compactMap { $0 }) {
            for (position, spec) in zip(positions, inputSpecs) {
                if let position { table.add(.poisoned(spec, by: failure, on: device), to: position) }
            }
            return
        }
        var deliveries: [GradientTable.Delivery?] = []
        for (position, spec) in zip(positions, inputSpecs) {
            deliveries.append(position.map { table.begin($0, spec: spec, on: device) })
        }
        if !deliveries.contains(where: { $0?.tensor.failure != nil }) {
            backward(
                .init(
                    inputs: inputs.map { $0?.view }, outputs: outputs.map { $0?.view },
                    residuals: residuals.compactMap(\.view), cotangents: dense.compactMap(\.view),
                    gradients: deliveries.map { $0?.slot }, inputSpecs: inputSpecs))
        }
        for (position, delivery) in zip(positions, deliveries) {
            guard let position, let delivery else { continue }
            table.finish(delivery.failing(during: Op.name.name + " gradient"), at: position)
        }
    }
}
