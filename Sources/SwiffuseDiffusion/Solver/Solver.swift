public import SwiffuseTensor

/// A method for following a velocity field dx/dt = v(x, t), one explicit step at a time.
///
/// A solver is a value without state: what it wants to remember between steps it keeps in its `Memory`. It knows
/// nothing of networks, guidance or parametrisation.
public protocol Solver: Sendable {
    associatedtype Memory: Sendable

    /// The memory before the first step.
    func begin() -> Memory

    /// Goes from `step.start` to `step.end`.
    ///
    /// - Parameters:
    ///   - state: x at the step's start, any shape.
    ///   - memory: what earlier steps left; updated.
    ///   - field: the velocity at a state and a time, same shape as the state.
    func advance(
        _ state: Tensor, over step: TimeStep, memory: inout Memory, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep
}

/// The result of one step of a solver.
public struct SolverStep: Sendable {
    /// x at the end of the step.
    public let state: Tensor
    /// The velocity that led there: state = old state + width · velocity.
    public let velocity: Tensor

    public init(from state: Tensor, along velocity: Tensor, over step: TimeStep) {
        self.state = state + velocity * step.width
        self.velocity = velocity
    }
}
