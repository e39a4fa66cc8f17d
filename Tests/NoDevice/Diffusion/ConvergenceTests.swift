import Foundation
import SwiffuseDiffusion
import SwiffuseTensor
import SwiffuseTesting
import Testing

/// The order of convergence of every solver that follows the ODE, as the slope of log error against log steps.
@Suite struct ConvergenceTests {
    private let device = ReferenceDevice()

    /// The error at t = 1 of dx/dt = 700 t³ (1 − t)⁴ x from x(0) = 1, whose solution at 1 is exp(2.5).
    ///
    /// The field is flat at both ends, so that steps of low order there do not hide the order in between.
    private func error<S: Solver>(of solver: S, steps: Int) throws -> Double {
        var memory = solver.begin()
        var state = Tensor([1], shape: [1], on: device)
        for step in TimeGrid(stepCount: steps).steps {
            state =
                solver.advance(state, over: step, memory: &memory) { state, query in
                    let (t, rest) = (query.time, 1 - query.time)
                    return state * (700 * t * t * t * rest * rest * rest * rest)
                }.state
        }
        return abs(Double(try state.scalars()[0]) - exp(2.5))
    }

    /// The slope of the straight line through (log steps, −log error) with the least squares.
    private func order(of solver: any Solver) throws -> Double {
        let counts = [24, 32, 48, 64, 96]
        let x = counts.map { log(Double($0)) }
        let y = try counts.map { -log(try error(of: solver, steps: $0)) }
        let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        return covariance / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    }

    /// Solvers, their orders, and the slopes that were measured.
    static let solvers: [(solver: any Solver, order: Double, measured: Double)] = [
        (EulerSolver(), 1, 0.88), (HeunSolver(), 2, 1.96), (HeunSolver(.reused), 2, 1.94),
        (AdamsBashforthSolver(order: 1), 1, 0.88), (AdamsBashforthSolver(order: 2), 2, 1.94),
        (AdamsBashforthSolver(order: 3), 3, 3.37), (AdamsBashforthSolver(order: 4), 4, 3.76),
        (DPMSolver(), 2, 1.96),
        // The corrector adds one to the order of UniPC's steps.
        (UniPCSolver(order: 1), 2, 1.90), (UniPCSolver(order: 2), 3, 3.28), (UniPCSolver(order: 3), 4, 3.88),
        (StochasticEulerSolver(StochasticStep(.ode)), 1, 0.88), (StochasticHeunSolver(StochasticStep(.ode)), 2, 1.96),
    ]

    @Test(arguments: solvers.indices) func errorFallsWithTheOrder(_ index: Int) throws {
        let (solver, order, measured) = Self.solvers[index]
        let slope = try self.order(of: solver)
        #expect(abs(slope - order) < 0.5, "\(solver): measured \(slope)")
        #expect(abs(slope - measured) < 0.1, "\(solver): measured \(slope), \(measured) before")
    }

    /// Data of one normal distribution, whose exact predicted image and flow are known.
    @Test(arguments: [DPMSolver(), UniPCSolver(order: 2), UniPCSolver(order: 3)] as [any Solver])
    func normalDataIsDrawnWithFewSteps(_ solver: any Solver) throws {
        let (mean, deviation): (Float, Float) = (0.5, 0.3)
        let start: [Float] = [-1.5, -0.2, 0.7, 1.3]
        let grid = TimeGrid(stepCount: 20)
        let end = try run(solver, from: Tensor(start, shape: [4], on: device), over: grid) { state, query in
            let (t, sigma) = (query.time, 1 - query.time)
            let gain = t * deviation * deviation / (t * t * deviation * deviation + sigma * sigma)
            return ((state - t * mean) * gain + mean - state) * (1 / sigma)
        }
        // Measured at most 0.0101, with UniPC of order 3; Euler's error is above 0.04.
        for (value, start) in zip(end, start) { #expect(abs(value - (mean + deviation * start)) < 0.012) }
    }

    private func run<S: Solver>(
        _ solver: S, from start: Tensor, over grid: TimeGrid, along field: (Tensor, VelocityQuery) -> Tensor
    ) throws -> [Float] {
        var memory = solver.begin()
        var state = start
        for step in grid.steps { state = solver.advance(state, over: step, memory: &memory, field: field).state }
        return try state.scalars()
    }
}
