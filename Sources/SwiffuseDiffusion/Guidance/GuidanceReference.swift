public import SwiffuseNN

/// What guidance draws a sample away from.
public enum GuidanceReference: Sendable {
    /// The same network without condition: classifier-free guidance.
    case unconditional
    /// A weaker network under the same condition: auto-guidance (Karras et al., arXiv:2406.02507).
    case weaker(WeakerModel)
}

/// A network for auto-guidance with its weights: smaller, or trained for a shorter time, than the one that draws.
public struct WeakerModel: Sendable {
    public let backbone: any Backbone
    /// What its outputs mean; need not be what those of the other network mean.
    public let target: any PredictionTarget
    /// Its parameter values.
    public let pass: Pass

    /// - Parameters:
    ///   - backbone: for images of the same size, and the same classes.
    ///   - pass: its parameter values, on the device that draws.
    public init(backbone: any Backbone, target: any PredictionTarget = CleanImageTarget(), pass: Pass) {
        self.backbone = backbone
        self.target = target
        self.pass = pass
    }

    /// The weaker network of a built model.
    public init(_ model: DiffusionModel, pass: Pass) {
        self.init(backbone: model.backbone, target: model.target, pass: pass)
    }
}
