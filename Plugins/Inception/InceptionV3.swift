import SwiffuseEvaluation
public import SwiffuseNN
public import SwiffuseTensor

/// Inception-v3 (Szegedy et al., arXiv:1512.00567) in the form of 2015 that FID is defined with, as converted by
/// pytorch-fid and torch-fidelity: averages leave out what lies outside, and the last block takes largest values.
///
/// Keys as in torchvision; the classifier has 1,008 classes.
public struct InceptionV3: Sendable {
    /// Numbers of a pooled feature vector.
    public static let width = 2048
    /// Side of the pictures that the network is made for.
    public static let side = 299

    private let stem: [InceptionConvolution]
    private let middle: [InceptionConvolution]
    private let blocks: [InceptionBlock]
    private let classifier: Parameter

    /// The block whose first branch is TensorFlow's `mixed_6/conv`.
    private static let spatialBlock = 6

    public init(_ scope: Scope) {
        stem = [
            InceptionConvolution(scope.child("Conv2d_1a_3x3"), from: 3, to: 32, kernel: (3, 3), stride: 2),
            InceptionConvolution(scope.child("Conv2d_2a_3x3"), from: 32, to: 32, kernel: (3, 3)),
            InceptionConvolution(scope.child("Conv2d_2b_3x3"), from: 32, to: 64, kernel: (3, 3), padding: (1, 1)),
        ]
        middle = [
            InceptionConvolution(scope.child("Conv2d_3b_1x1"), from: 64, to: 80),
            InceptionConvolution(scope.child("Conv2d_4a_3x3"), from: 80, to: 192, kernel: (3, 3)),
        ]
        blocks = [
            .square(scope.child("Mixed_5b"), from: 192, poolWidth: 32),
            .square(scope.child("Mixed_5c"), from: 256, poolWidth: 64),
            .square(scope.child("Mixed_5d"), from: 288, poolWidth: 64),
            .halvingTo17(scope.child("Mixed_6a"), from: 288),
            .factored(scope.child("Mixed_6b"), width: 128),
            .factored(scope.child("Mixed_6c"), width: 160),
            .factored(scope.child("Mixed_6d"), width: 160),
            .factored(scope.child("Mixed_6e"), width: 192),
            .halvingTo8(scope.child("Mixed_7a")),
            .expanded(scope.child("Mixed_7b"), from: 1280, pooling: .average),
            .expanded(scope.child("Mixed_7c"), from: 2048, pooling: .maximum),
        ]
        classifier = scope.child("fc").parameter("weight", [1008, Self.width], initial: .normal(deviation: 0.02))
    }

    /// - Parameter images: [B, 3, 299, 299] in −1…1.
    /// - Returns: pooled features [B, 2048]; spatial ones of 7 channels, [B, 17 · 17 · 7],
    ///   channels last as in the ADM evaluator's statistics; scores of the classes without
    ///   the classifier's bias, [B, 1008], as the Inception Score takes them.
    public func callAsFunction(
        _ images: Tensor, _ pass: Pass
    ) -> (pooled: Tensor, spatial: Tensor, logits: Tensor) {
        let coarse = stem.reduce(images) { $1($0, pass) }.maxPooledByThree(stride: 2)
        var x = middle.reduce(coarse) { $1($0, pass) }.maxPooledByThree(stride: 2)
        var spatial = x
        for (index, block) in blocks.enumerated() {
            if index == Self.spatialBlock { spatial = block.firstBranch(x, pass) }
            x = block(x, pass)
        }
        let pooled = x.mean(over: [2, 3])
        return (pooled, ImageFeatures.spatial(of: spatial), pooled.matmul(pass(classifier).transposed()))
    }
}
