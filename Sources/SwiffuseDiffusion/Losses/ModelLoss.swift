/// A loss of a recipe, built and gated.
public struct ModelLoss: Sendable {
    /// The part's type, for logs; the second of a type is `lpips-2`.
    public let name: String
    public let loss: any PerceptualLoss
    /// Its factor in the total.
    public let weight: Float
    /// Whether parameters of its own are trained with the model.
    public let hasParameters: Bool

    public init(name: String, loss: any PerceptualLoss, weight: Float, hasParameters: Bool) {
        self.name = name
        self.loss = loss
        self.weight = weight
        self.hasParameters = hasParameters
    }

    /// Whether the predicted image is all that its gradient flows to.
    public var seesOnlyPictures: Bool { loss.taps.isEmpty && !hasParameters }
}

/// The setting `gate` of a loss: which images it looks at; a loss without it looks at all.
public struct GateConfiguration: ComponentConfiguration, Hashable {
    /// Whose reading of noise gating holds.
    public enum Convention: String, Codable, Sendable, CaseIterable {
        /// The authors' code: for P-DINO the gate acts on the whole batch.
        case official
        /// The paper: each image for itself.
        case paper
    }

    /// The first time that counts, 0 for all images (PixelGen, arXiv:2602.02493, section 3.4).
    public var from = 0.3
    /// Whose reading of gating holds.
    public var convention = Convention.official

    /// A gate that keeps no image out: that of a loss whose recipe names no gate.
    public static let open = GateConfiguration(from: 0)

    public init() {}

    public init(from: Double, convention: Convention = .official) {
        self.from = from
        self.convention = convention
    }

    public func validate() throws(RecipeError) {
        try RecipeError.check((0...1).contains(from), at: "from", found: from, expected: "0 (all images) to 1")
    }

    /// The loss behind this gate.
    public func applied(to loss: any PerceptualLoss) -> any PerceptualLoss {
        guard from > 0 else { return loss }
        return Gated(loss, from: Float(from), behaviour: convention == .official ? loss.officialGate : .perImage)
    }
}
