public import SwiffuseTensor

/// What every `Device` must do.
public enum DeviceConformance {
    /// Compares values and gradients of every case with plain loops, once and with gradients that accumulate.
    ///
    /// - Parameter cases: a device's own fused operations can be added to `OpCase.all`.
    /// - Returns: the cases that come out differently.
    public static func findings(
        for device: any Device, cases: [OpCase] = OpCase.all
    ) throws -> [ConformanceFinding] {
        var list = FindingList()
        for opCase in cases {
            for applications in 1...2 {
                let found = try OpCheck.parity(of: opCase, on: device, applications: applications)
                list.expect(
                    found.worst <= Double(applications) * opCase.tolerance, "operations give the reference's values",
                    "\(opCase.name), applied \(applications) times: outputs \(found.outputs), gradients \(found.gradients)"
                )
            }
        }
        return list.findings
    }
}
