internal import SwiffuseTensor

extension CPURuntime {
    func random(
        _ distribution: RandomDistribution, _ generator: Philox, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        guard output.isContiguous && mode == .overwrite else {
            let dense = output.dense(in: try allocator.allocate(byteCount: output.count * 4))
            try random(distribution, generator, dense, .overwrite)
            copy(dense, output, mode)
            return
        }
        let target = output.floats
        // Pairs of normal numbers start at even positions, and pieces at multiples of 16.
        let start = distribution == .normal ? generator.position + generator.position % 2 : generator.position
        pool.run(over: output.count, grain: 2048) { range in
            let part = UnsafeMutableBufferPointer(start: target + range.lowerBound, count: range.count)
            let piece = Philox(
                seed: generator.seed, stream: generator.stream, position: start + UInt64(range.lowerBound))
            switch distribution {
            case .uniform: piece.fillUniforms(part)
            case .normal: piece.fillNormals(part)
            }
        }
    }
}
