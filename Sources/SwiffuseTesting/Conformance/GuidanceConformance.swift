public import SwiffuseDiffusion
public import SwiffuseTensor

/// What every `Guidance` must do.
public enum GuidanceConformance {
    /// - Returns: the rules that the guidance breaks.
    public static func findings(
        for guidance: some Guidance, on device: any Device
    ) throws(DeviceError) -> [ConformanceFinding] {
        var list = FindingList()
        var random = Philox(seed: 17)
        let shape: Shape = [3, 4, 5, 7]
        let wanted = Tensor.normal(shape, using: &random, on: device)
        let other = Tensor.normal(shape, using: &random, on: device)
        let guided = guidance.combine(conditional: wanted, unconditional: other)
        list.expect(guided.shape == shape, "guided velocities keep their shape", "\(guided.shape) for \(shape)")
        guard guided.shape == shape else { return list.findings }
        let values = try guided.scalars()
        list.expect(values.allSatisfy(\.isFinite), "guided velocities are finite", "they are not")
        list.expect(
            try guidance.combine(conditional: wanted, unconditional: other).scalars() == values,
            "the same velocities give the same result", "two calls differ")
        let row = 1..<2
        let alone = guidance.combine(
            conditional: wanted.sliced(along: 0, row), unconditional: other.sliced(along: 0, row))
        let difference = relativeDifference(
            try alone.scalars(), try guided.sliced(along: 0, row).scalars())
        list.expect(
            difference < 1e-5, "an image's velocity does not depend on its batch", "it changes by \(difference)")
        let unchanged = guidance.combine(conditional: wanted, unconditional: wanted)
        let change = relativeDifference(try unchanged.scalars(), try wanted.scalars())
        list.expect(change < 1e-4, "where condition makes no difference, nothing is changed", "by \(change)")
        return list.findings
    }
}
