internal import SwiffuseTensor

extension VulkanRuntime {
    /// Steps of small tensors in place: one dispatch for all that lie in the same blocks of memory.
    func step(_ op: AdamWOp, _ calls: [FusedKernel<AdamWOp>.Forward]) {
        // What is reached through a table is not bound by its bytes, and further averages have dispatches of their own.
        let areAlone = pool.bindingAlignment != nil || op.decays.count > Self.fusedAverages
        for table in areAlone ? calls.map({ AdamWTable([$0]) }) : AdamWTable.tables(for: calls) {
            perform(writing: table.calls.flatMap(\.outputs)) { () throws(DeviceError) in
                if table.calls.count == 1 {
                    let call = table.calls[0]
                    try step(op, values: call.outputs, gradient: call.gradient, factor: call.factor)
                } else {
                    try table.record(op, on: self)
                }
            }
        }
    }
}

/// Steps of AdamW in one dispatch, which finds its tensors through a table.
private struct AdamWTable {
    /// Their operands lie in the same blocks, all in whole vectors or none.
    let calls: [FusedKernel<AdamWOp>.Forward]

    init(_ calls: [FusedKernel<AdamWOp>.Forward]) { self.calls = calls }

    private struct Place: Hashable {
        let blocks: [Int]
        let isVectorized: Bool
    }

    /// The calls by where their operands lie, in the order of the first of each.
    static func tables(for calls: [FusedKernel<AdamWOp>.Forward]) -> [AdamWTable] {
        var positions: [Place: Int] = [:]
        var groups: [[FusedKernel<AdamWOp>.Forward]] = []
        for call in calls {
            let place = Place(
                blocks: call.inputs.map(\.vulkanBuffer.block.number) + [call.factor.place],
                isVectorized: call.isVectorized)
            let position = positions[place] ?? groups.count
            if position == groups.count { groups.append([]) }
            positions[place] = position
            groups[position].append(call)
        }
        return groups.map { AdamWTable($0) }
    }

    /// Workgroups that share a tensor at most.
    private static let largestShare = 8

    func record(_ op: AdamWOp, on runtime: VulkanRuntime) throws(DeviceError) {
        let first = calls[0]
        let size = runtime.profile.groupSize
        let largest = calls.reduce(0) { max($0, $1.gradient.count) }
        let across = min(Self.largestShare, (largest + 4 * size - 1) / (4 * size))
        let table = try contents(on: runtime)
        let values = (0..<5).map { $0 < first.outputs.count ? Operand.updating(first.outputs[$0]) : nil }
        try runtime.record(
            Dispatch(
                kernel: .adamwTable, constants: [UInt32(size), first.isVectorized.word, UInt32(op.decays.count)],
                operands: values + [.reading(first.gradient), .reading(first.factor), .reading(table)],
                parameters: PushWords(across, first.factor.place, table.place, op.kernelParameters),
                groups: (across, calls.count, 1),
                further: calls.dropFirst().flatMap { $0.outputs.map { .updating($0) } + [.reading($0.gradient)] }))
    }

    /// Eight words for each tensor: its elements, then the places of its values, the absent averages too, and its gradient.
    private func contents(on runtime: VulkanRuntime) throws(DeviceError) -> BufferView {
        let words = calls.flatMap { call -> [UInt32] in
            let values = (0..<5).map { $0 < call.outputs.count ? call.outputs[$0].place : 0 }
            return PushWords(call.gradient.count, values, call.gradient.place, 0).words
        }
        let buffer = try runtime.allocate(byteCount: words.count * MemoryLayout<UInt32>.stride)
        let upload = words.withUnsafeBytes { bytes in
            Result { () throws(DeviceError) in try runtime.upload(bytes, to: buffer) }
        }
        try upload.get()
        return BufferView(buffer: buffer, dtype: .int32, offset: 0, shape: [words.count], strides: [1])
    }
}

extension FusedKernel<AdamWOp>.Forward {
    fileprivate var gradient: BufferView { inputs[outputs.count] }
    fileprivate var factor: BufferView { inputs[outputs.count + 1] }
    fileprivate var isVectorized: Bool {
        (outputs + [gradient]).allSatisfy { $0.hasVectorRows(gradient.count) }
    }
}
