public import SwiffuseTensor

/// A method for following a velocity field dx/dt = v(x, t), one explicit step at a time.
///
/// A solver is a value without state: what it wants to remember between steps it keeps in its `Memory`. It knows
/// nothing of networks, guidance or parametrisation.
public protocol Solver: Sendable {
    associatedtype Memory: Sendable

    /// Whether the solver adds noise, so that a run has to say where the noise comes from.
    var isStochastic: Bool { get }

    /// Whether the solver converts velocities along the path, which must then have σ > 0 before the image.
    var usesPath: Bool { get }

    /// The memory before the first step of a run.
    func begin(in context: SolverContext) -> Memory

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

extension Solver {
    public var isStochastic: Bool { false }
    public var usesPath: Bool { false }

    /// The memory before the first step of a run along the linear path, without noise.
    public func begin() -> Memory { begin(in: SolverContext()) }
}

/// What a run tells its solver besides the velocities.
public struct SolverContext: Sendable {
    /// The path that the velocities follow: solvers that need scores or predicted images convert along it.
    public let path: any NoisePath
    /// Where stochastic solvers take their noise from.
    public let noise: StepNoise

    public init(path: any NoisePath = LinearPath(), noise: StepNoise = .none) {
        self.path = path
        self.noise = noise
    }
}

/// The result of one step of a solver.
public struct SolverStep: Sendable {
    /// x at the end of the step.
    public let state: Tensor
    /// The velocity that led there: state = old state + width · velocity, unless the solver is stochastic.
    public let velocity: Tensor

    public init(from state: Tensor, along velocity: Tensor, over step: TimeStep) {
        self.init(state: state + velocity * step.width, velocity: velocity)
    }

    public init(state: Tensor, velocity: Tensor) {
        self.state = state
        self.velocity = velocity
    }
}
