public import SwiffuseTensor

/// What becomes of images whose time lies before the gate's.
public enum GateBehaviour: Sendable, Hashable {
    /// They are left out, and the mean is one over the others.
    case perImage
    /// All images count as soon as one is late enough; otherwise the loss is a constant without gradient.
    case wholeBatch(closed: Float)
}

/// Noise gating: a loss that leaves images at the noisy end alone (PixelGen, arXiv:2602.02493, section 3.4).
///
/// The mean over [B] of the values is the mean over the images that count, as in the official code; it is 0 if none
/// does. Nothing is computed for images that do not count.
public struct Gated: PerceptualLoss {
    private let loss: any PerceptualLoss
    /// Images count from this time on.
    public let threshold: Float
    public let behaviour: GateBehaviour

    /// - Parameters:
    ///   - loss: what to gate.
    ///   - threshold: the first time that counts; the default is PixelGen's.
    public init(_ loss: any PerceptualLoss, from threshold: Float = 0.3, behaviour: GateBehaviour = .perImage) {
        self.loss = loss
        self.threshold = threshold
        self.behaviour = behaviour
    }

    public var taps: [FeatureTap] { loss.taps }
    public var networks: [FrozenNetwork] { loss.networks }
    public var officialGate: GateBehaviour { loss.officialGate }
    public var isBalanced: Bool { loss.isBalanced }

    public func recalls(at times: [Float]) -> [String] {
        times.contains { $0 >= threshold } ? loss.recalls(at: times) : []
    }

    public func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        let count = context.times.count
        let open = context.times.indices.filter { context.times[$0] >= threshold }
        if open.count == count { return loss.values(of: predicted, reference: reference, in: context) }
        switch behaviour {
        case .wholeBatch(let closed):
            guard open.isEmpty else { return loss.values(of: predicted, reference: reference, in: context) }
            return Tensor.filled(closed, shape: [count], on: predicted.device)
        case .perImage:
            guard !open.isEmpty else { return Tensor.zeros([count], on: predicted.device) }
            let values = loss.values(
                of: predicted.images(open), reference: reference.images(open), in: context.selecting(open))
            let rows = Tensor(integers: open.map { Int32($0) }, shape: [open.count], on: predicted.device)
            let scale = Float(count) / Float(open.count)
            return (values * scale).reshaped(to: -1, 1).scatteredRows(to: rows, rowCount: count).reshaped(to: count)
        }
    }
}

/// A loss times a factor.
public struct Weighted: PerceptualLoss {
    private let loss: any PerceptualLoss
    public let weight: Float

    public init(_ loss: any PerceptualLoss, by weight: Float) {
        self.loss = loss
        self.weight = weight
    }

    public var taps: [FeatureTap] { loss.taps }
    public var networks: [FrozenNetwork] { loss.networks }
    public var officialGate: GateBehaviour { loss.officialGate }
    public var isBalanced: Bool { loss.isBalanced }
    public func recalls(at times: [Float]) -> [String] { loss.recalls(at: times) }

    public func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        loss.values(of: predicted, reference: reference, in: context) * weight
    }
}
