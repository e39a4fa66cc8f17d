import SwiffuseDiffusion
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct ExponentialSolverTests {
    private let device = ReferenceDevice()

    /// The states of a run along dx/dt = 3t − x², after every step.
    private func states<S: Solver>(of solver: S, over times: [Float], path: any NoisePath) throws -> [Float] {
        var memory = solver.begin(in: SolverContext(path: path))
        var state = Tensor([0.4], shape: [1], on: device)
        return try TimeGrid(times: times).steps.map { step in
            state = solver.advance(state, over: step, memory: &memory) { 3 * $1.time - $0 * $0 }.state
            return try state.scalar()
        }
    }

    // Computed in Float64 by an independent program from the papers' formulas.
    @Test func statesAreThoseOfTheFormulas() throws {
        let times: [Float] = [0, 0.1, 0.3, 0.45, 0.7, 0.85, 1]
        let references: [(solver: any Solver, states: [Double])] = [
            (DPMSolver(), Self.dpm), (UniPCSolver(order: 2), Self.second), (UniPCSolver(order: 3), Self.third),
        ]
        for (solver, reference) in references {
            let states = try states(of: solver, over: times, path: LinearPath())
            #expect(zip(states, reference).allSatisfy { abs(Double($0) - $1) < 2e-6 }, "\(solver): \(states)")
        }
    }

    static let dpm = [0.384, 0.4145088023, 0.5444163558, 0.8813627260, 1.1125292388, 1.3093710221]
    static let second = [0.384, 0.4254478424, 0.5897798666, 0.9207060740, 1.1273958629, 1.3192426284]
    static let third = [0.384, 0.4254478424, 0.5897798666, 0.9392811061, 1.0977122447, 1.2994663976]
}
