import SwiffuseIO
import SwiffuseTensor

/// Pictures with what an encoder is to say about them.
struct LabelledBatch: Sendable {
    let labels: [Int]
    private let values: [Float]
    private let shape: Shape
    private let classCount: Int

    init(_ batch: ImageBatch, _ configuration: EncoderConfiguration) {
        let geometry = batch.geometry
        shape = [batch.count, geometry.channels, geometry.height, geometry.width]
        classCount = configuration.classes
        switch configuration.task {
        case .classes:
            labels = batch.labels.map { Int($0) }
            values = batch.images
        case .rotations:
            // By the place in the endless stream, so that every picture is seen in every way.
            labels = batch.positions.map { ($0 &+ $0 / 7) % 4 }
            values = Self.turned(batch.images, labels, geometry)
        }
    }

    func images(on device: any Device) -> Tensor { Tensor(values, shape: shape, on: device) }

    /// [B, K], 1 at the label.
    func targets(on device: any Device) -> Tensor {
        var values = [Float](repeating: 0, count: labels.count * classCount)
        for (row, label) in labels.enumerated() { values[row * classCount + label] = 1 }
        return Tensor(values, shape: [labels.count, classCount], on: device)
    }

    /// Square pictures, each turned by its number of right angles counter-clockwise.
    private static func turned(_ images: [Float], _ angles: [Int], _ geometry: ImageGeometry) -> [Float] {
        let side = geometry.width
        return [Float](unsafeUninitializedCapacity: images.count) { output, count in
            for plane in 0..<angles.count * geometry.channels {
                let start = plane * side * side
                for y in 0..<side {
                    for x in 0..<side {
                        let (sourceY, sourceX) =
                            switch angles[plane / geometry.channels] {
                            case 0: (y, x)
                            case 1: (x, side - 1 - y)
                            case 2: (side - 1 - y, side - 1 - x)
                            default: (side - 1 - x, y)
                            }
                        output[start + y * side + x] = images[start + sourceY * side + sourceX]
                    }
                }
            }
            count = images.count
        }
    }
}
