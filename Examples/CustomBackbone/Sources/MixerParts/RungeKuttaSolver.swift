public import Swiffuse

/// The classical method of Runge and Kutta: order 4, four evaluations per step.
///
/// The last step is Ralston's third-order rule, which never asks at the image itself, where a predicted image says
/// nothing about the velocity; one step of order 3 leaves the order of the whole at 4.
public struct RungeKuttaSolver: Solver, Component {
    public typealias Configuration = NoConfiguration

    public static let key = "rk4"
    public static let summary = "order 4, four evaluations per step"

    public init() {}

    public init(_ configuration: Configuration, in context: BuildContext) {}

    public func begin(in context: SolverContext) {}

    public func advance(
        _ state: Tensor, over step: TimeStep, memory: inout Void, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        func velocity(along slope: Tensor, for share: Float) -> Tensor {
            field(
                state + slope * (step.width * share),
                VelocityQuery(time: step.start + step.width * share, step: step))
        }
        let first = field(state, VelocityQuery(time: step.start, step: step))
        let second = velocity(along: first, for: 0.5)
        if step.isLast {
            let third = velocity(along: second, for: 0.75)
            return SolverStep(from: state, along: first * (2 / 9) + second * (1 / 3) + third * (4 / 9), over: step)
        }
        let third = velocity(along: second, for: 0.5)
        let fourth = field(state + third * step.width, VelocityQuery(time: step.end, step: step))
        return SolverStep(from: state, along: (first + (second + third) * 2 + fourth) * (1 / 6), over: step)
    }
}
