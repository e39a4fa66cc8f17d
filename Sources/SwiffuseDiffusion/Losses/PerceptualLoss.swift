public import SwiffuseTensor

/// A loss on the predicted clean image besides the target's own: what a network sees in it, or what the backbone's
/// inner features say.
///
/// A value without state. Parameters of its own (a projection head) are declared in the scope of the build context and
/// trained with the model; frozen networks are named in `networks` and reach the loss through the context.
///
/// A loss without taps and parameters is differentiated as soon as it is computed: its context then has no features, and
/// it must not read trained parameters.
public protocol PerceptualLoss: Sendable {
    /// Inner features of the backbone that the loss needs.
    var taps: [FeatureTap] { get }

    /// The networks that it looks through, which are never trained.
    var networks: [FrozenNetwork] { get }

    /// What the authors' code does with images that are too noisy.
    var officialGate: GateBehaviour { get }

    /// Whether adaptive balancing acts on it; not on a loss that aligns features.
    var isBalanced: Bool { get }

    /// What it is going to ask `LossContext.remembering` for, so that who asks first can find out all of it at once.
    ///
    /// - Parameter times: t of each image.
    func recalls(at times: [Float]) -> [String]

    /// The loss of every image.
    ///
    /// - Parameters:
    ///   - predicted: clean images x̂ that the model predicts, [B, C, H, W] about −1…1, not clamped.
    ///   - reference: the true images, same shape, in −1…1; not recorded.
    ///   - context: times, features and weights.
    /// - Returns: [B].
    func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor
}

extension PerceptualLoss {
    public var taps: [FeatureTap] { [] }
    public var networks: [FrozenNetwork] { [] }
    public var officialGate: GateBehaviour { .perImage }
    public var isBalanced: Bool { true }
    public func recalls(at times: [Float]) -> [String] { [] }
}

extension PartKind where Product == any PerceptualLoss {
    public static var losses: Self { Self("losses") }
}

extension Registry {
    public mutating func register<C: Component & PerceptualLoss>(loss: C.Type) throws(RegistryError) {
        try register(C.self, as: .losses) { $0 }
    }
}
