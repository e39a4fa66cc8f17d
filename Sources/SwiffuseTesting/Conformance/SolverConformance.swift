import Foundation
public import SwiffuseDiffusion
public import SwiffuseTensor

/// What every `Solver` must do.
public enum SolverConformance {
    /// Follows equations with known solutions.
    ///
    /// - Parameters:
    ///   - order: the order of convergence that the solver claims over a whole trajectory. A multi-step method that
    ///     starts with one
    ///     step of order 1, or ends with one, has order 2 at most.
    /// - Returns: the rules that the solver breaks.
    public static func findings(
        for solver: some Solver, order: Int, on device: any Device
    ) throws(DeviceError) -> [ConformanceFinding] {
        var list = FindingList()
        list.expect(
            !solver.isStochastic, "the solver follows the ODE", "it adds noise, which these rules say nothing about")
        guard !solver.isStochastic else { return list.findings }
        for shift: Float in [1, 2] {
            let measured = try measuredOrder(of: solver, shift: shift, on: device)
            list.expect(
                measured >= Double(order) - 0.4, "the error falls with the claimed order",
                "order \(measured) measured at shift \(shift), \(order) claimed")
        }
        let start = startingValues(on: device)
        let grid = TimeGrid(stepCount: 7, shift: 1.5)
        let moved = try follow(solver, from: start, over: grid) { state, _ in state * 0 + 0.75 }
        let expected = try start.scalars().map { $0 + 0.75 }
        list.expect(
            relativeDifference(moved, expected) < 1e-5, "a constant velocity is followed exactly",
            "off by \(relativeDifference(moved, expected))")
        try checkQueries(solver, from: start, over: grid, list: &list)
        let first = try follow(solver, from: start, over: grid, by: velocity)
        let second = try follow(solver, from: start, over: grid, by: velocity)
        list.expect(
            first == second, "a run depends on its arguments alone", "the same run twice gave different results")
        return list.findings
    }

    /// dx/dt = 2 cos(5t) x, whose solution is x₀ exp(0.4 sin 5t).
    private static func velocity(_ state: Tensor, _ query: VelocityQuery) -> Tensor {
        state * (Tensor.filled(5 * query.time, shape: [], on: state.device).cos() * 2)
    }

    private static func startingValues(on device: any Device) -> Tensor {
        Tensor([1, -2, 0.5, 3, -0.25, 1.5], shape: [1, 2, 3, 1], on: device)
    }

    /// log₂ of how much smaller the error gets with twice the steps, on the finest grids whose error is above rounding.
    private static func measuredOrder(
        of solver: some Solver, shift: Float, on device: any Device
    ) throws(DeviceError) -> Double {
        for stepCount in [64, 32, 16] {
            let coarse = try error(of: solver, stepCount: stepCount, shift: shift, on: device)
            let fine = try error(of: solver, stepCount: 2 * stepCount, shift: shift, on: device)
            if !(coarse > 0) || fine.isNaN { return -.infinity }
            if fine > 2e-5 { return log2(coarse / fine) }
        }
        return .infinity
    }

    private static func error(
        of solver: some Solver, stepCount: Int, shift: Float, on device: any Device
    ) throws(DeviceError) -> Double {
        let start = startingValues(on: device)
        let end = try follow(solver, from: start, over: TimeGrid(stepCount: stepCount, shift: shift), by: velocity)
        let growth = try (Tensor.filled(5, shape: [], on: device).sin() * 0.4).exp().scalar()
        let difference = relativeDifference(end, try start.scalars().map { $0 * growth })
        return difference.isInfinite ? .nan : difference
    }

    private static func checkQueries(
        _ solver: some Solver, from start: Tensor, over grid: TimeGrid, list: inout FindingList
    ) throws(DeviceError) {
        var strayTimes: [Float] = []
        var strayShapes: [Shape] = []
        _ = try follow(solver, from: start, over: grid) { state, query in
            let isInside = query.time >= query.step.start - 1e-5 && query.time <= query.step.end + 1e-5
            if !isInside { strayTimes.append(query.time) }
            if state.shape != start.shape { strayShapes.append(state.shape) }
            return state
        }
        list.expect(
            strayTimes.isEmpty, "the field is asked at times within the step", "asked at \(strayTimes.prefix(3))")
        list.expect(strayShapes.isEmpty, "states keep their shape", "\(strayShapes.prefix(3))")
    }

    private static func follow(
        _ solver: some Solver, from start: Tensor, over grid: TimeGrid, by field: (Tensor, VelocityQuery) -> Tensor
    ) throws(DeviceError) -> [Float] {
        var memory = solver.begin()
        var state = start
        for step in grid.steps { state = solver.advance(state, over: step, memory: &memory, field: field).state }
        return try state.scalars()
    }
}
