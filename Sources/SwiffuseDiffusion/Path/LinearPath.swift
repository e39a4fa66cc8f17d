/// The straight path of flow matching: α = t, σ = 1 − t, velocity = image − noise.
public struct LinearPath: NoisePath, Component {
    public typealias Configuration = NoConfiguration

    public static let key = "linear"
    public static let summary = "a straight line from noise to image: α = t, σ = 1 − t"

    public init() {}

    public init(_ configuration: Configuration, in context: BuildContext) {}

    public func coefficients(at time: Float) -> PathCoefficients {
        PathCoefficients(alpha: time, sigma: 1 - time, alphaRate: 1, sigmaRate: -1, churn: 1 - time)
    }
}
