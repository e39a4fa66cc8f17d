public import SwiffuseTensor

/// Where the noise of stochastic solvers comes from.
///
/// A solver asks for its draws by number, 0, 1, …, so that it needs no generator of its own.
public struct StepNoise: Sendable {
    /// Standard normal numbers of the shape of a state; nil if there is no noise.
    private let draw: (@Sendable (_ number: Int, _ state: Tensor) -> Tensor)?

    /// - Parameter draw: draw number `number`, standard normal, with the shape and on the device of `state`.
    public init(_ draw: @escaping @Sendable (_ number: Int, _ state: Tensor) -> Tensor) { self.draw = draw }

    private init() { draw = nil }

    /// No noise, for solvers that need none.
    public static let none = StepNoise()

    /// Noise from one seed per picture, so that a picture does not depend on its batch.
    ///
    /// Draw k of a seed is stream k + 1 of its Philox generator; stream 0 is the noise that the picture starts from.
    public static func seeds(_ seeds: [UInt64]) -> StepNoise {
        StepNoise { number, state in
            require(
                seeds.count == state.shape[0], "step noise", "\(seeds.count) seeds for \(state.shape[0]) pictures")
            let count = state.count / max(1, seeds.count)
            let values = seeds.flatMap { seed in
                var random = Philox(seed: seed, stream: UInt64(number) + 1)
                return random.normals(count)
            }
            return Tensor(values, shape: state.shape, on: state.device)
        }
    }

    /// Noise that was drawn before: entry k is draw k.
    public static func given(_ draws: [Tensor]) -> StepNoise {
        StepNoise { number, state in
            require(number < draws.count, "step noise", "draw \(number) of \(draws.count) is asked for")
            require(draws[number].shape == state.shape, "step noise", "\(draws[number].spec) for \(state.spec)")
            return draws[number]
        }
    }

    /// Whether there is any.
    public var isNone: Bool { draw == nil }

    /// A draw, standard normal, like `state`.
    public func callAsFunction(_ number: Int, like state: Tensor) -> Tensor {
        guard let draw else { fatalError("step noise: a stochastic solver was started without any") }
        return draw(number, state)
    }
}
