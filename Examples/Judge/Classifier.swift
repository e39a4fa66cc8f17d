import Swiffuse

/// A small convolutional classifier for grey pictures of 32 × 32: two convolutions of stride 2 and two linear layers.
struct Classifier {
    private let first: Linear
    private let second: Linear
    private let hidden: Linear
    private let output: Linear
    let scope = Scope()

    private static let window = PatchGeometry(kernel: (5, 5), stride: (2, 2), padding: (2, 2))

    init(classCount: Int) {
        first = Linear(scope.child("conv1"), from: 25, to: 32)
        second = Linear(scope.child("conv2"), from: 25 * 32, to: 64)
        hidden = Linear(scope.child("hidden"), from: 8 * 8 * 64, to: 256)
        output = Linear(scope.child("output"), from: 256, to: classCount)
    }

    /// - Parameter images: [B, 1, 32, 32].
    /// - Returns: features [B, 256] and logits [B, classes].
    func callAsFunction(_ images: Tensor, _ pass: Pass) -> (features: Tensor, logits: Tensor) {
        let batch = images.shape[0]
        let coarse = first(images.unfolded(Self.window), pass).clamped(lower: 0)
            .transposed().reshaped(to: batch, 32, 16, 16)
        let fine = second(coarse.unfolded(Self.window), pass).clamped(lower: 0).reshaped(to: batch, -1)
        let features = hidden(fine, pass).clamped(lower: 0)
        let dropped = pass.dropout(features, rate: 0.3, site: "hidden")
        return (features, output(dropped, pass))
    }
}
