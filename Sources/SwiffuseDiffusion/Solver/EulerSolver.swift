public import SwiffuseTensor

/// Euler's method: x += width · v(x, start). Order 1, one evaluation per step.
public struct EulerSolver: Solver, Component {
    public typealias Configuration = NoConfiguration

    public static let key = "euler"
    public static let summary = "order 1, one evaluation per step"

    public init() {}

    public init(_ configuration: Configuration, in context: BuildContext) {}

    public func begin(in context: SolverContext) {}

    public func advance(
        _ state: Tensor, over step: TimeStep, memory: inout Void, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        let velocity = field(state, VelocityQuery(time: step.start, step: step))
        return SolverStep(from: state, along: velocity, over: step)
    }
}
