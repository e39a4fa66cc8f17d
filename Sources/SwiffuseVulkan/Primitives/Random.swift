internal import SwiffuseTensor

extension VulkanRuntime {
    func random(
        _ distribution: RandomDistribution, _ generator: Philox, _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        guard output.isContiguous && mode == .overwrite else {
            let whole = try scratch(output.shape)
            try random(distribution, generator, whole, .overwrite)
            try copy(whole, output, mode)
            return
        }
        // Pairs of normal numbers start at even positions.
        let start = distribution == .normal ? generator.position + generator.position % 2 : generator.position
        let skipped = Int(start % 4)
        try launch(
            .random, [(distribution == .normal).word], [.writing(output)],
            PushWords(
                output.count, output.place, skipped, (start / 4).halves, generator.stream.halves, generator.seed.halves),
            invocations: (output.count + skipped + 3) / 4)
    }
}

extension UInt64 {
    /// The low and the high word.
    fileprivate var halves: [UInt32] { [UInt32(truncatingIfNeeded: self), UInt32(truncatingIfNeeded: self >> 32)] }
}
