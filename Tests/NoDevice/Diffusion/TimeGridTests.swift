import SwiffuseDiffusion
import SwiffuseTensor
import Testing

@Suite struct TimeGridTests {
    /// The steps that are guided, as the sampler decides them.
    private func guided(
        _ grid: TimeGrid, _ low: Float, _ high: Float, ends: VelocityQuery.IntervalEnds = .throughHigh,
        convention: GuidanceInterval.Convention = .official
    ) -> [Int] {
        let interval = GuidanceInterval(low: low, high: high, convention: convention)
        return grid.steps.filter {
            let time = ends == .belowHigh ? $0.accumulatedStart : $0.start
            return interval.contains(VelocityQuery(time: time, step: $0, interval: ends))
        }.map(\.index)
    }

    @Test func evenGridHasTheEndsAndOneRounding() {
        let grid = TimeGrid(stepCount: 50)
        #expect(grid.times.count == 51 && grid.times[0] == 0 && grid.times[50] == 1)
        #expect(zip(grid.times, grid.times.dropFirst()).allSatisfy(<))
    }

    @Test func oneStepGoesAllTheWay() {
        #expect(TimeGrid(stepCount: 1, shift: 2, lastStep: .width(0.1)).times == [0, 1])
    }

    @Test func lastStepIsSetBeforeShifting() {
        let times = TimeGrid(stepCount: 5, lastStep: .width(0.04)).times
        // From the official sampler: 0, 0.23999999463558197, 0.47999998927116394, 0.7199999690055847,
        // 0.9599999785423279.
        #expect(times == [0, 0.23999999463558197, 0.47999998927116394, 0.7199999690055847, 0.9599999785423279, 1])
    }

    @Test func shiftedGridHasTheOfficialBits() {
        // From the official Heun sampler, 6 steps, shift 2.
        let expected: [Float] = [
            0, 0.09090908616781235, 0.19999997317790985, 0.3333333432674408, 0.4999999701976776, 0.714285671710968, 1,
        ]
        #expect(TimeGrid(stepCount: 6, shift: 2).times == expected)
    }

    @Test func adamsTimesAreAddedUpInFloat32() {
        // From the official Adams sampler, 7 steps, shift 3.
        let expected: [Float] = [
            0, 0.05263158306479454, 0.11764706671237946, 0.19999998807907104, 0.307692289352417, 0.4545454680919647,
            0.6666666865348816,
        ]
        let grid = TimeGrid(stepCount: 7, shift: 3)
        #expect(grid.steps.map(\.accumulatedStart) == expected)
        #expect(grid.times[2] != expected[2])
    }

    @Test func officialIntervalsGuideTheOfficialSteps() {
        // Step counts of the official configurations.
        #expect(guided(TimeGrid(stepCount: 50), 0.1, 1) == Array(6...49))
        #expect(guided(TimeGrid(stepCount: 50, shift: 2), 0.1, 0.9) == Array(10...47))
        #expect(guided(TimeGrid(stepCount: 25, shift: 3), 0, 1, ends: .belowHigh) == Array(1...24))
        #expect(guided(TimeGrid(stepCount: 100), 0, 1) == Array(1...99))
        #expect(guided(TimeGrid(stepCount: 100), 0.1, 1).count == 89)
    }

    @Test func jitGuidesTheStartToo() {
        #expect(guided(TimeGrid(stepCount: 10), 0, 0.5, convention: .jit) == Array(0...4))
        #expect(guided(TimeGrid(stepCount: 10), 0, 0.5) == Array(1...5))
    }

    @Test func conventionsDecideAboutHeunsCorrectorDifferently() {
        let step = TimeGrid(stepCount: 10).steps[1]
        let query = VelocityQuery(time: step.end, step: step)
        #expect(!GuidanceInterval(low: 0.1, high: 1).contains(query))
        #expect(GuidanceInterval(low: 0.1, high: 1, convention: .jit).contains(query))
    }

    @Test func trainingTimesLieBetweenNoiseAndImage() {
        var random = Philox(seed: 3)
        for sampler in [LogitNormalTimes(), UniformTimes()] as [any TimeSampler] {
            let times = sampler.times(count: 1001, using: &random)
            #expect(times.count == 1001 && times.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test func logitNormalTimesHaveTheirMedianWhereAsked() {
        var configuration = LogitNormalTimes.Configuration()
        #expect(abs(LogitNormalTimes(configuration).times(from: [0])[0] - 0.31002552) < 1e-6)
        configuration.shift = 2
        #expect(abs(LogitNormalTimes(configuration).times(from: [0])[0] - 0.31002552 / (2 - 0.31002552)) < 1e-6)
    }
}
