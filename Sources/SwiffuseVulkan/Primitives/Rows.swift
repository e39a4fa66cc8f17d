internal import SwiffuseTensor

extension VulkanRuntime {
    func gatherRows(
        _ table: BufferView, _ indices: BufferView, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        if table.count == 0 {
            throw .failed(
                device: name, operation: "gatherRows",
                reason: "the index at position 0 is outside a table of \(table.shape[0]) rows")
        }
        let status = try statusWord(output, "gatherRows", rowCount: table.shape[0])
        let accumulates = mode == .accumulate
        try launch(
            .gatherRows, [accumulates.word],
            [
                accumulates ? .updating(output) : .writing(output), .reading(table), .reading(indices),
                .updating(status), accumulates ? .reading(output) : nil,
            ],
            PushWords(
                output.count, output.shape[1], table.shape[0], output.place, table.place, indices.place, status.place,
                output.strides, table.strides, indices.strides[0]),
            invocations: output.count)
    }

    /// Indices that one dispatch looks at; every invocation looks at all of them.
    private static let scatterLimit = 16_384

    func scatterAddRows(
        _ values: BufferView, _ indices: BufferView, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        let count = indices.shape[0]
        if count == 0 && mode == .overwrite { try fill(0, output, .overwrite) }
        if count == 0 { return }
        let status = try statusWord(output, "scatterAddRows", rowCount: output.shape[0])
        for first in stride(from: 0, to: count, by: Self.scatterLimit) {
            let accumulates = mode == .accumulate || first > 0
            let last = min(count, first + Self.scatterLimit)
            try launch(
                .scatterRows, [accumulates.word],
                [
                    accumulates ? .updating(output) : .writing(output), .reading(values), .reading(indices),
                    .updating(status), accumulates ? .reading(output) : nil,
                ],
                PushWords(
                    output.count, output.shape[1], output.shape[0], first, last, output.place, values.place,
                    indices.place, status.place, output.strides, values.strides, indices.strides[0]),
                invocations: output.count, operations: output.count * (last - first))
        }
    }

    /// A word of zeros for a dispatch to note a bad index in; it is read at the next wait.
    private func statusWord(
        _ output: BufferView, _ operation: String, rowCount: Int
    ) throws(DeviceError) -> BufferView {
        let word = try scratch([1])
        try fill(0, word, .overwrite)
        checks.add(
            status: word.vulkanBuffer, output: output.vulkanBuffer, operation: operation, rowCount: rowCount)
        return word
    }
}
