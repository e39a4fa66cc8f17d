public import SwiffuseTensor

/// What DiT, DeCo and PixNerd are told about an image: its time and class; keys `t_embedder` and
/// `y_embedder.embedding_table`.
public struct DiTCondition: Sendable {
    private let timestep: TimestepEmbedding
    private let labels: Embedding

    /// - Parameters:
    ///   - scope: the model's root.
    ///   - width: D.
    ///   - classCount: number of classes; the table has one row more, for "no class".
    public init(_ scope: Scope, width: Int, classCount: Int) {
        timestep = TimestepEmbedding(scope.child("t_embedder"), width: width, maximumPeriod: 10, bias: .uniform)
        labels = Embedding(scope.child("y_embedder.embedding_table"), count: classCount + 1, width: width)
    }

    /// - Parameters:
    ///   - time: t, [B] in 0…1.
    ///   - labels: int32 [B]; `classCount` means "no class".
    /// - Returns: the time's vector, and the SiLU of time and class together, each [B, D].
    public func callAsFunction(
        time: Tensor, labels: Tensor, _ pass: Pass
    ) -> (time: Tensor, activated: Tensor) {
        let time = timestep(time, pass)
        return (time, (time + self.labels(labels, pass)).silu())
    }
}
