public import SwiffuseDiffusion
import SwiffuseTensor

/// What every `TimeSampler` must do.
public enum TimeSamplerConformance {
    /// - Returns: the rules that the sampler breaks.
    public static func findings(for sampler: some TimeSampler) -> [ConformanceFinding] {
        var list = FindingList()
        for count in [0, 1, 257] {
            var random = Philox(seed: 5)
            let times = sampler.times(count: count, using: &random)
            list.expect(times.count == count, "there is one time per image", "\(times.count) times for \(count) images")
            let stray = times.filter { !(0...1).contains($0) }
            list.expect(stray.isEmpty, "times lie in 0…1", "\(stray.prefix(3))")
        }
        var (first, again, other) = (Philox(seed: 5), Philox(seed: 5), Philox(seed: 6))
        let times = sampler.times(count: 65, using: &first)
        list.expect(
            times == sampler.times(count: 65, using: &again), "the generator decides the times",
            "the same generator gave different times")
        list.expect(
            times != sampler.times(count: 65, using: &other), "the generator decides the times",
            "another seed gave the same times")
        list.expect(
            times != sampler.times(count: 65, using: &first), "drawing advances the generator",
            "the next times are the same")
        return list.findings
    }
}
