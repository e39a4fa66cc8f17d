public import SwiffuseDiffusion
public import SwiffuseTensor

/// The factor of the perceptual losses that adaptive balancing adjusts; part of a checkpoint.
public struct LossBalance: Sendable, Hashable {
    public private(set) var factor: Float = 1

    public init() {}

    /// ‖∇target‖ / (‖∇perceptual‖ + 10⁻⁴) at the last layer, limited.
    ///
    /// - Parameters:
    ///   - terms: of one batch, recorded.
    ///   - layer: the last layer's weight, recorded.
    ///   - maximum: the largest ratio.
    public static func ratio(of terms: [LossTerm], at layer: Tensor, maximum: Float) throws(DeviceError) -> Float {
        let own = try norm(of: terms.filter { $0.role == .target }, at: layer)
        let perceptual = try norm(of: terms.filter { $0.role == .balanced }, at: layer)
        return min(max(own / (perceptual + 1e-4), 0), maximum)
    }

    /// Moves the factor towards the ratio; nothing happens without perceptual losses.
    public mutating func update(
        with terms: [LossTerm], at layer: Tensor, _ settings: BalanceConfiguration
    ) throws(DeviceError) {
        guard terms.contains(where: { $0.role == .balanced }) else { return }
        let ratio = try Self.ratio(of: terms, at: layer, maximum: Float(settings.maximum))
        let retained = Float(settings.retained)
        factor = retained * factor + (1 - retained) * ratio
    }

    /// The terms with the factor on those that are balanced.
    public func applied(to terms: [LossTerm]) -> [LossTerm] {
        terms.map { $0.role == .balanced ? LossTerm($0.name, $0.value * factor, role: $0.role) : $0 }
    }

    private static func norm(of terms: [LossTerm], at layer: Tensor) throws(DeviceError) -> Float {
        guard !terms.isEmpty, let gradient = terms.total.gradients(withRespectTo: [layer])[0] else { return 0 }
        return try gradient.sumOfSquares().squareRoot().scalar()
    }

    /// The factor as text from which `init(text:)` makes the same value.
    var text: String { "\(factor)" }

    /// What `text` was made from; nil for anything else.
    init?(text: String) {
        guard let factor = Float(text), factor.isFinite, factor >= 0 else { return nil }
        self.factor = factor
    }
}
