import Foundation
import SwiffuseDiffusion
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct StochasticSolverTests {
    private let device = ReferenceDevice()

    /// One step from x = 2 along v = 3, over 0.25…0.5, with the draw 0.5.
    private func end(of form: StepForm, churn: ChurnSchedule = ChurnSchedule(.linear)) throws -> Float {
        let solver = StochasticEulerSolver(StochasticStep(form, churn: churn))
        let noise = StepNoise.given([Tensor([9], shape: [1], on: device), Tensor([0.5], shape: [1], on: device)])
        var memory = solver.begin(in: SolverContext(noise: noise))
        let step = TimeStep(index: 1, count: 3, start: 0.25, end: 0.5, accumulatedStart: 0.25)
        let result = solver.advance(Tensor([2], shape: [1], on: device), over: step, memory: &memory) { state, _ in
            state * 0 + 3
        }
        return try result.state.scalar()
    }

    @Test func eachFormIsItsFormula() throws {
        // Score (t v − x) / (1 − t) = (0.75 − 2) / 0.75, w = 0.75, so s w h = −1.25 · 0.25.
        let plain: Float = 2 + 3 * 0.25
        let drift: Float = -1.25 * 0.25
        #expect(abs(try end(of: .ode) - plain) < 1e-6)
        #expect(abs(try end(of: .sdeMean) - (plain + drift)) < 1e-6)
        #expect(abs(try end(of: .sde) - (plain + drift + Float(2 * 0.75 * 0.25).squareRoot() * 0.5)) < 1e-6)
        let preserved = plain + 0.5 * drift + Float(0.75 * 0.25).squareRoot() * 0.5
        #expect(abs(try end(of: .sdePreserve) - preserved) < 1e-6)
        #expect(abs(try end(of: .sid2) - (plain + 0.75 * 0.25 * 0.5)) < 1e-6)
    }

    /// The official loop written out for one number: v and s averaged, the draws in the order of its calls.
    private func officialHeun(_ times: [Double], isExact: Bool, lastIsMean: Bool, draws: [Double]) -> [Double] {
        func velocity(_ x: Double, _ t: Double) -> Double { 2 * t - x * x }
        func score(_ x: Double, _ v: Double, _ t: Double) -> Double { (t * v - x) / (1 - t) }
        var (x, next, kept, states) = (0.7, 0, (v: 0.0, s: 0.0), [Double]())
        for index in 0..<times.count - 1 {
            let (t, width, w) = (times[index], times[index + 1] - times[index], 0.3)
            func step(_ v: Double, _ s: Double) -> Double {
                defer { next += 1 }
                return x + v * width + 0.5 * s * w * width + (w * width).squareRoot() * draws[next]
            }
            var v = kept.v
            var s = kept.s
            if index == 0 || isExact {
                v = velocity(x, t)
                s = score(x, v, t)
            }
            let predicted = step(v, s)
            if index < times.count - 2 {
                kept.v = velocity(predicted, times[index + 1])
                kept.s = score(predicted, kept.v, times[index + 1])
                (v, s) = ((v + kept.v) / 2, (s + kept.s) / 2)
                x = step(v, s)
            } else {
                x += v * width + (lastIsMean ? s * w * width : 0)
            }
            states.append(x)
        }
        return states
    }

    @Test(arguments: [(true, false), (false, true)]) func heunIsTheOfficialLoop(_ isExact: Bool, _ lastIsMean: Bool)
        throws
    {
        let times: [Float] = [0, 0.2, 0.55, 0.8, 1]
        let draws: [Float] = [0.3, -1.1, 0.8, 0.1, -0.6, 1.4, 0.2, -0.9]
        let step = StochasticStep(
            .sdePreserve, last: lastIsMean ? .sdeMean : .ode, churn: ChurnSchedule(.constant, factor: 0.3))
        let solver = StochasticHeunSolver(step, evaluations: isExact ? .exact : .reused)
        let noise = StepNoise.given(draws.map { Tensor([$0], shape: [1], on: device) })
        var memory = solver.begin(in: SolverContext(noise: noise))
        var state = Tensor([0.7], shape: [1], on: device)
        let states = try TimeGrid(times: times).steps.map { step in
            state = solver.advance(state, over: step, memory: &memory) { 2 * $1.time - $0 * $0 }.state
            return try state.scalar()
        }
        let expected = officialHeun(
            times.map { Double($0) }, isExact: isExact, lastIsMean: lastIsMean, draws: draws.map { Double($0) })
        #expect(zip(states, expected).allSatisfy { abs(Double($0) - $1) < 3e-6 }, "\(states) \(expected)")
    }

    @Test func schedulesAreThoseOfTheOfficialCode() throws {
        #expect(ChurnSchedule(.linear)(0.25) == 0.75)
        #expect(ChurnSchedule(.constant, factor: 0.3)(0.9) == 0.3)
        #expect(abs(ChurnSchedule(.sine)(0.5) - 0.229_848_8) < 1e-6)
        #expect(abs(try end(of: .sid2, churn: ChurnSchedule(.constant)) - (2.75 + 0.25 * 0.5)) < 1e-6)
    }

    @Test func withoutNoiseTheStepsAreTheSolversOfTheODE() throws {
        func run<S: Solver>(_ solver: S) throws -> [Float] {
            var memory = solver.begin()
            var state = Tensor([1, -0.5, 2], shape: [3], on: device)
            for step in TimeGrid(stepCount: 7, shift: 1.5).steps {
                state = solver.advance(state, over: step, memory: &memory) { $0 * (1 - $1.time) }.state
            }
            return try state.scalars()
        }
        let plain = StochasticStep(.ode)
        #expect(try run(StochasticEulerSolver(plain)) == run(EulerSolver()))
        #expect(try run(StochasticHeunSolver(plain)) == run(HeunSolver()))
        #expect(try run(StochasticHeunSolver(plain, evaluations: .reused)) == run(HeunSolver(.reused)))
    }

    /// Noise and score balance: pictures of normal data keep its distribution, whatever noise is put back.
    @Test(arguments: [StochasticEulerSolver(), StochasticEulerSolver(StochasticStep(.sdePreserve))])
    func theDistributionIsKept(_ solver: StochasticEulerSolver) throws {
        let (mean, deviation, count): (Float, Float, Int) = (0.5, 0.3, 4001)
        var random = Philox(seed: 3)
        var state = Tensor.normal([count, 1], using: &random, on: device)
        var memory = solver.begin(in: SolverContext(noise: .seeds((0..<UInt64(count)).map { $0 })))
        for step in TimeGrid(stepCount: 60).steps {
            state =
                solver.advance(state, over: step, memory: &memory) { state, query in
                    let (t, sigma) = (query.time, 1 - query.time)
                    let gain = t * deviation * deviation / (t * t * deviation * deviation + sigma * sigma)
                    return ((state - t * mean) * gain + mean - state) * (1 / sigma)
                }.state
        }
        let values = try state.scalars().map { Double($0) }
        let average = values.reduce(0, +) / Double(count)
        let spread = (values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(count)).squareRoot()
        // Three standard errors are 0.014 and 0.010; the rest is the error of 60 steps.
        #expect(abs(average - 0.5) < 0.02, "mean \(average)")
        #expect(abs(spread - 0.3) < 0.025, "deviation \(spread)")
    }

    @Test func noiseDependsOnSeedAndDrawAlone() throws {
        let noise = StepNoise.seeds([7, 8, 9])
        let state = Tensor.zeros([3, 2, 3, 1], on: device)
        let together = try noise(4, like: state).scalars()
        let alone = try StepNoise.seeds([8])(4, like: Tensor.zeros([1, 2, 3, 1], on: device)).scalars()
        #expect(Array(together[6..<12]) == alone)
        #expect(try noise(5, like: state).scalars()[6] != alone[0])
        var start = Philox(seed: 8)
        #expect(start.normals(6) != alone)
    }

    @Test func settingsAreChecked() throws {
        let registry = try Registry(plugins: [StandardParts()])
        func resolve(_ yaml: String) throws -> Part {
            try registry.resolve(try RecipeValue(yaml: yaml), kind: "solver", at: "sampling.solver")
        }
        let part = try resolve("{type: sde-heun, evaluations: reused, step: sid2, churn: constant, factor: 0.3}")
        let solver = try registry.make(part, as: .solver, in: BuildContext(model: Self.model))
        let heun = try #require(solver as? StochasticHeunSolver)
        #expect(heun.evaluations == .reused)
        #expect(heun.step == StochasticStep(.sid2, churn: ChurnSchedule(.constant, factor: 0.3)))
        #expect(heun.isStochastic)
        let error = #expect(throws: RecipeError.self) { try resolve("{type: sde-euler, factor: -1}") }
        #expect(error?.description.contains("sampling.solver.factor") == true)
        #expect(throws: RecipeError.self) { try resolve("{type: unipc, order: 4}") }
    }

    private static let model = ModelSpec(image: ImageSpec(channels: 1, height: 2, width: 2), classCount: 0)

    @Test func solversThatNeedNoiseAtTheStartRefuseTheReversedPath() throws {
        let registry = try Registry(plugins: [StandardParts(), FlatPlugin()])
        for solver in ["dpm-solver-2m", "unipc", "sde-euler", "sde-heun"] {
            let yaml = """
                image: {channels: 1, height: 2, width: 2}
                backbone: flat
                path: {type: gvp, variant: official}
                sampling: {solver: \(solver)}
                """
            let error = #expect(throws: RecipeError.self) { try Recipe(yaml: yaml, registry: registry) }
            #expect(error?.path == "sampling.solver", "\(solver)")
        }
    }
}
