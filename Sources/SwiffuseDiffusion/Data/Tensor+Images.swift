public import SwiffuseIO
public import SwiffuseTensor

extension Tensor {
    /// Pictures as models see them, [B, C, H, W] in −1…1.
    ///
    /// - Parameter pictures: one or more, all of one size and number of channels.
    public init(images pictures: [ImageBuffer], on device: any Device) {
        require(!pictures.isEmpty, "Tensor(images:)", "at least one picture is needed")
        let first = pictures[0]
        var values: [Float] = []
        values.reserveCapacity(pictures.count * first.pixels.count)
        for picture in pictures {
            require(
                (picture.width, picture.height, picture.channels) == (first.width, first.height, first.channels),
                "Tensor(images:)",
                "pictures of \(picture.width)×\(picture.height)×\(picture.channels) and "
                    + "\(first.width)×\(first.height)×\(first.channels)")
            for channel in 0..<picture.channels {
                values += stride(from: channel, to: picture.pixels.count, by: picture.channels).map {
                    PixelConversion.signedValues[Int(picture.pixels[$0])]
                }
            }
        }
        self.init(
            values, shape: [pictures.count, first.channels, first.height, first.width], on: device)
    }

    /// The pictures of a batch [B, C, H, W] with 1, 3 or 4 channels in −1…1; what lies outside is clipped.
    public func images() throws(DeviceError) -> [ImageBuffer] {
        require(shape.rank == 4, "images", "[B, C, H, W] expected, got \(shape)")
        return PixelConversion.images(
            fromNCHW: try scalars(), channels: shape[1], height: shape[2], width: shape[3])
    }
}
