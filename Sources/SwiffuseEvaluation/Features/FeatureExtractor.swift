import SwiffuseIO
import SwiffuseNN
public import SwiffuseTensor

/// Runs pictures through a feature network.
public struct FeatureExtractor: Sendable {
    public let network: any FeatureNetwork
    /// Pictures computed at once.
    public let batchSize: Int
    private let pass: Pass

    /// Reads the network's weights.
    ///
    /// - Throws: what reading the weights throws.
    public init(_ network: any FeatureNetwork, batchSize: Int = 32, on device: any Device) throws {
        self.network = network
        self.batchSize = batchSize
        pass = Pass(try network.network.load(on: device))
    }

    /// Numbers of a pooled feature vector, found by looking at one picture.
    public var width: Int {
        let side = 32
        let picture = Tensor([Float](repeating: 0, count: 3 * side * side), shape: [1, 3, side, side], on: pass.device)
        return network.features(of: picture, pass).pooled.shape[1]
    }

    /// The features of all pictures of a stream.
    ///
    /// - Parameters:
    ///   - pictures: a stream from its beginning.
    ///   - kept: vectors to keep.
    ///   - progress: called with the number of pictures done.
    /// - Throws: `EvaluationError`, and what the stream and the device throw.
    public func features(
        of pictures: some PictureStream, keeping kept: FeatureSet.Kept, progress: (Int) -> Void = { _ in }
    ) throws -> FeatureSet {
        var pictures = pictures
        var result: FeatureSet?
        while true {
            let batch = try pictures.next(batchSize)
            guard !batch.isEmpty else { break }
            let found = network.features(of: try tensor(batch), pass)
            let (spatial, logits) = (try found.spatial?.scalars() ?? [], try found.logits?.scalars() ?? [])
            var set =
                result
                ?? FeatureSet(
                    width: found.pooled.shape[1], spatialWidth: found.spatial?.shape[1] ?? 0,
                    classCount: found.logits?.shape[1] ?? 0, keeping: kept)
            result = nil  // so that the arrays grow in place
            try set.add(pooled: try found.pooled.scalars(), spatial: spatial, logits: logits)
            progress(set.count)
            result = set
        }
        guard let result else { throw EvaluationError.tooFewSamples(metric: "a score", count: 0, minimum: 2) }
        return result
    }

    /// [B, C, H, W] with whole numbers 0…255.
    private func tensor(_ pictures: [ImageBuffer]) throws(EvaluationError) -> Tensor {
        let (width, height, channels) = (pictures[0].width, pictures[0].height, pictures[0].channels)
        var values: [Float] = []
        values.reserveCapacity(pictures.count * width * height * channels)
        for picture in pictures {
            guard (picture.width, picture.height, picture.channels) == (width, height, channels) else {
                throw .pictures(
                    "\(width)×\(height) with \(channels) channels",
                    "\(picture.width)×\(picture.height) with "
                        + "\(picture.channels)")
            }
            for channel in 0..<channels {
                values.append(
                    contentsOf: stride(from: channel, to: picture.pixels.count, by: channels).lazy.map {
                        Float(picture.pixels[$0])
                    })
            }
        }
        return Tensor(values, shape: [pictures.count, channels, height, width], on: pass.device)
    }
}
