public import SwiffuseTensor

/// Another guidance on the first channels only; the others keep the conditional velocity.
public struct ChannelGuidance: Guidance {
    public let base: any Guidance
    /// Number of guided channels; 3 in the official `c3` function.
    public let channelCount: Int

    public init(_ base: some Guidance, channelCount: Int) {
        require(channelCount > 0, "ChannelGuidance", "at least one channel must be guided, got \(channelCount)")
        self.base = base
        self.channelCount = channelCount
    }

    public func evaluations(for query: VelocityQuery) -> GuidanceEvaluations {
        switch base.evaluations(for: query) {
        case .conditional: .conditional
        case .unconditional, .both: .both
        }
    }

    public func combine(conditional: Tensor, unconditional: Tensor) -> Tensor {
        let count = conditional.shape[1]
        guard count > channelCount else { return base.combine(conditional: conditional, unconditional: unconditional) }
        let guided = base.combine(
            conditional: conditional.sliced(along: 1, 0..<channelCount),
            unconditional: unconditional.sliced(along: 1, 0..<channelCount))
        return Tensor.concatenated([guided, conditional.sliced(along: 1, channelCount..<count)], along: 1)
    }
}
