public import SwiffuseTensor

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Turns the pixels of each patch into vectors: a linear map of a pixel's channels and of 64 features of its place in the
/// patch; key `embedder.0` (PixNerd, arXiv:2507.23268; DeCo, arXiv:2511.19365).
public struct PixelEmbedding: Sendable {
    private let linear: Linear
    private let channels: Int
    private let features: [Float]
    private let pixelCount: Int

    /// Number of frequencies along each axis.
    private static let frequencyCount = 8

    /// - Parameters:
    ///   - channels: C of the image.
    ///   - patchSize: p.
    ///   - width: size of a pixel's vector.
    public init(_ scope: Scope, channels: Int, patchSize: Int, width: Int) {
        let featureCount = Self.frequencyCount * Self.frequencyCount
        linear = Linear(
            scope.child("embedder.0"), from: channels + featureCount, to: width, bias: .uniform,
            initial: .kaimingUniform)
        self.channels = channels
        features = Self.positionFeatures(patchSize: patchSize)
        pixelCount = patchSize * patchSize
    }

    /// - Parameter patches: [B, N, C·p·p], each patch ordered (channel, row, column).
    /// - Returns: [B·N, p·p, width], pixels row by row.
    public func callAsFunction(_ patches: Tensor, _ pass: Pass) -> Tensor {
        let pixels = patches.reshaped(to: -1, channels, pixelCount).permuted(to: [0, 2, 1])
        let places = Tensor(features, shape: [pixelCount, features.count / pixelCount], on: patches.device)
        // Places are the same in every patch: their part of the map is computed once and added.
        let weight = pass(linear.weight)
        let fromColour = LinearOp(hasBias: false)([pixels, weight.sliced(along: 1, 0..<channels)])[0]
        let fromPlace = LinearOp(hasBias: linear.bias != nil)(
            [places, weight.sliced(along: 1, channels..<weight.shape[1])] + (linear.bias.map { [pass($0)] } ?? []))[0]
        return fromColour + fromPlace
    }

    /// cos(π F_a X) · cos(π F_b Y) / (1 + F_a F_b) at index 8a + b, with X the column and Y the row, both evenly spread
    /// over 0…1, and F = 0, 8/7 … 8.
    ///
    /// - Returns: p·p·64 values, pixels row by row.
    static func positionFeatures(patchSize: Int) -> [Float] {
        let places = (0..<patchSize).map { patchSize == 1 ? 0 : Double($0) / Double(patchSize - 1) }
        let frequencies = (0..<frequencyCount).map { 8 * Double($0) / Double(frequencyCount - 1) }
        var values: [Float] = []
        values.reserveCapacity(patchSize * patchSize * frequencyCount * frequencyCount)
        for y in places {
            for x in places {
                for a in frequencies {
                    for b in frequencies { values.append(Float(cos(.pi * a * x) * cos(.pi * b * y) / (1 + a * b))) }
                }
            }
        }
        return values
    }
}
