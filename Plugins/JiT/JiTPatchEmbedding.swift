import SwiffuseNN
import SwiffuseTensor

/// Turns an image into tokens: one linear map per patch, or two through a bottleneck (JiT, arXiv:2511.13720, section
/// 4).
///
/// Keys `proj1` (a convolution's weight [out, C, p, p]) and, with a bottleneck, `proj2` [D, b, 1, 1].
struct JiTPatchEmbedding: Sendable {
    let patchSize: Int
    let firstWeight: Parameter
    let firstBias: Parameter?
    let secondWeight: Parameter?
    let secondBias: Parameter?

    init(_ scope: Scope, channels: Int, configuration: JiTConfiguration) {
        let (width, bottleneck) = (configuration.hiddenSize, configuration.bottleneckSize)
        patchSize = configuration.patchSize
        let first = scope.child("proj1")
        let firstWidth = bottleneck > 0 ? bottleneck : width
        firstWeight = first.parameter("weight", [firstWidth, channels, patchSize, patchSize], initial: .xavierUniform)
        guard bottleneck > 0 else {
            firstBias = first.parameter("bias", [width], initial: .zeros)
            (secondWeight, secondBias) = (nil, nil)
            return
        }
        firstBias = nil
        let second = scope.child("proj2")
        secondWeight = second.parameter("weight", [width, bottleneck, 1, 1], initial: .xavierUniform)
        secondBias = second.parameter("bias", [width], initial: .zeros)
    }

    /// - Parameter image: [B, C, H, W].
    /// - Returns: tokens [B, N, D], patches row by row.
    func callAsFunction(_ image: Tensor, _ pass: Pass) -> Tensor {
        let first = pass(firstWeight).reshaped(to: firstWeight.shape[0], -1)
        let tokens = PatchifyLinearOp(PatchLayout(size: patchSize), hasBias: firstBias != nil)(
            [image, first] + (firstBias.map { [pass($0)] } ?? []))[0]
        guard let secondWeight, let secondBias else { return tokens }
        let second = pass(secondWeight).reshaped(to: secondWeight.shape[0], -1)
        return LinearOp(hasBias: true)([tokens, second, pass(secondBias)])[0]
    }
}
