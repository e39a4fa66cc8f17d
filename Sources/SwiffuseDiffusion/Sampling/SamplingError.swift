public import SwiffuseTensor

/// Why pictures could not be drawn.
public enum SamplingError: Error, Sendable, Equatable, CustomStringConvertible {
    case device(DeviceError)
    /// The solver adds noise, but the request has none.
    case noStepNoise
    /// The solver cannot run backwards.
    case notReversible(reason: String)

    public var description: String {
        switch self {
        case .device(let error): error.description
        case .noStepNoise:
            "the solver adds noise at every step, but the run has none; pass stepNoise: .seeds(…), one per picture"
        case .notReversible(let reason):
            "the solver cannot run backwards: \(reason); use heun, euler or adams-bashforth"
        }
    }
}
