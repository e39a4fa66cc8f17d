public import SwiffuseTensor

/// The first layers of DeCo and PixNerd, and the way through their trunk: from patches, time and class to one semantic
/// vector per patch; keys `s_embedder.proj`, `t_embedder`, `y_embedder`.
public struct PatchSemantics: Sendable {
    private let patches: Linear
    private let condition: DiTCondition

    /// - Parameters:
    ///   - scope: the model's root.
    ///   - patchValues: C·p·p.
    ///   - width: D.
    ///   - classCount: number of classes; the table has one row more, for "no class".
    public init(_ scope: Scope, patchValues: Int, width: Int, classCount: Int) {
        patches = Linear(scope.child("s_embedder.proj"), from: patchValues, to: width)
        condition = DiTCondition(scope, width: width, classCount: classCount)
    }

    /// - Parameters:
    ///   - patches: [B, N, C·p·p].
    ///   - time: t, [B] in 0…1.
    ///   - labels: int32 [B].
    ///   - trunk: the blocks on the way.
    ///   - taps: as those of the trunk.
    /// - Returns: SiLU of time and tokens together, and the tokens asked for, each [B, N, D].
    public func callAsFunction(
        _ patches: Tensor, time: Tensor, labels: Tensor, through trunk: DiTTrunk, taps: Set<Int> = [], _ pass: Pass
    ) -> (semantic: Tensor, tapped: [Int: Tensor]) {
        let condition = condition(time: time, labels: labels, pass)
        let result = trunk(self.patches(patches, pass), condition: condition.activated, taps: taps, pass)
        let semantic = (result.tokens + condition.time.reshaped(to: time.count, 1, -1)).silu()
        return (semantic, result.tapped)
    }
}
