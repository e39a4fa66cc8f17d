internal import CKernels
internal import SwiffuseTensor

extension CPURuntime {
    func gatherRows(
        _ table: BufferView, _ indices: BufferView, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        let rows = try checkedRows(indices, rowCount: table.shape[0], operation: "gatherRows")
        for (position, row) in rows.enumerated() {
            copy(table.row(row), output.row(position), mode)
        }
    }

    func scatterAddRows(
        _ values: BufferView, _ indices: BufferView, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        let rows = try checkedRows(indices, rowCount: output.shape[0], operation: "scatterAddRows")
        if mode == .overwrite { fill(0, output, .overwrite) }
        for (position, row) in rows.enumerated() {
            copy(values.row(position), output.row(row), .accumulate)
        }
    }

    private func checkedRows(_ indices: BufferView, rowCount: Int, operation: String) throws(DeviceError) -> [Int] {
        let (source, step) = (indices.integers, indices.strides[0])
        var rows: [Int] = []
        rows.reserveCapacity(indices.shape[0])
        for position in 0..<indices.shape[0] {
            let row = Int(source[position * step])
            guard row >= 0 && row < rowCount else {
                throw .failed(
                    device: "cpu", operation: operation,
                    reason: "index \(row) at position \(position) is outside a table of \(rowCount) rows")
            }
            rows.append(row)
        }
        return rows
    }
}

extension BufferView {
    /// Row `index` of a matrix, as a vector.
    fileprivate func row(_ index: Int) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset + index * strides[0], shape: [shape[1]], strides: [strides[1]])
    }
}
