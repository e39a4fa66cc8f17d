public import SwiffuseTensor

/// What every `FusedOp` must do, on a device that may have a kernel for it.
public enum FusedOpConformance {
    /// - Parameters:
    ///   - inputs: small, odd-sized ones; those that are differentiable take part in gradient checks.
    ///   - tolerance: largest difference from the reference, in units of 10⁻⁵ · (|expected| + 1).
    /// - Returns: the rules that the operation or its kernel breaks.
    public static func findings<Op: FusedOp>(
        for op: Op, inputs: [OpCaseInput], tolerance: Double = 1, on device: any Device
    ) throws -> [ConformanceFinding] {
        var list = FindingList()
        let opCase = OpCase(Op.name.name, inputs, tolerance: tolerance) { op($0) }
        let tensors = opCase.tensors(on: device)
        let promised = op.outputs(for: tensors.map(\.spec))
        for (name, outputs) in [("the reference", op.reference(tensors)), ("the operation", op(tensors))] {
            let specs = outputs.map(\.spec)
            list.expect(
                specs == promised, "results have the promised shapes", "\(name) gives \(specs), promised \(promised)")
        }
        guard list.findings.isEmpty else { return list.findings }
        let deviceFindings = try DeviceConformance.findings(for: device, cases: [opCase])
        let error = try OpCheck.gradientError(of: opCase, on: device)
        list.expect(error < 0.02, "recorded gradients are the measured ones", "they differ by \(error)")
        return list.findings + deviceFindings
    }
}
