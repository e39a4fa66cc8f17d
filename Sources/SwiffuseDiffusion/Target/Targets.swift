/// The network predicts the clean image x: JiT's choice, with the loss on the velocity.
public struct CleanImageTarget: StandardTarget, Component {
    public static let key = "clean-image"
    public static let summary = "the network predicts the clean image"
    public static let prediction = PredictionSpace.image
    public let configuration: TargetConfiguration

    public init(_ configuration: TargetConfiguration = TargetConfiguration()) { self.configuration = configuration }

    public init(_ configuration: TargetConfiguration, in context: BuildContext) { self.init(configuration) }
}

/// The network predicts the velocity v = α′x + σ′ε, as in flow matching.
public struct VelocityTarget: StandardTarget, Component {
    public static let key = "velocity"
    public static let summary = "the network predicts the velocity"
    public static let prediction = PredictionSpace.velocity
    public let configuration: TargetConfiguration

    public init(_ configuration: TargetConfiguration = TargetConfiguration()) { self.configuration = configuration }

    public init(_ configuration: TargetConfiguration, in context: BuildContext) { self.init(configuration) }
}

/// The network predicts the noise ε, as in DDPM.
public struct NoiseTarget: StandardTarget, Component {
    public static let key = "noise"
    public static let summary = "the network predicts the noise"
    public static let prediction = PredictionSpace.noise
    public let configuration: TargetConfiguration

    public init(_ configuration: TargetConfiguration = TargetConfiguration()) { self.configuration = configuration }

    public init(_ configuration: TargetConfiguration, in context: BuildContext) { self.init(configuration) }
}
