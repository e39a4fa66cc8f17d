internal import SwiffuseTensor

extension VulkanRuntime {
    /// Workgroups for `count` tasks, `perGroup` in each; more than one axis holds are folded into two.
    func groups(_ count: Int, perGroup: Int = 1) -> (Int, Int, Int) {
        let total = (count + perGroup - 1) / perGroup
        let limit = context.facts.workgroupLimit
        if total <= limit { return (total, 1, 1) }
        let rows = (total + limit - 1) / limit
        return ((total + rows - 1) / rows, rows, 1)
    }

    /// Records a kernel whose invocations work alone, `count` of them.
    ///
    /// - Parameter operations: estimated arithmetic, where it takes longer than the memory that is touched.
    func launch(
        _ kernel: Kernel, _ constants: [UInt32], _ operands: [Operand?], _ parameters: PushWords,
        invocations count: Int,
        operations: Int = 0
    ) throws(DeviceError) {
        if count == 0 { return }
        let size = profile.groupSize
        try record(
            Dispatch(
                kernel: kernel, constants: [UInt32(size)] + constants, operands: operands, parameters: parameters,
                groups: groups(count, perGroup: size), operations: operations))
    }

    /// Records a kernel whose workgroups of `lanes` invocations share a row, `count` of them.
    func launchRows(
        _ kernel: Kernel, _ constants: [UInt32], _ operands: [Operand?], _ parameters: PushWords, rows count: Int
    ) throws(DeviceError) {
        if count == 0 { return }
        try record(
            Dispatch(
                kernel: kernel, constants: [UInt32(profile.lanes)] + constants, operands: operands,
                parameters: parameters, groups: groups(count)))
    }
}

extension BufferView {
    /// Whether dense rows of `width` elements lie in whole aligned vectors.
    func hasVectorRows(_ width: Int) -> Bool { width % 4 == 0 && place % 4 == 0 }
}
