/// The shape in which a model sees pictures.
public struct ImageGeometry: Sendable, Equatable {
    public let channels: Int
    public let height: Int
    public let width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Numbers of one picture.
    public var elementCount: Int { channels * height * width }
}

/// How a picture is brought to a size.
public enum ImageFit: Sendable, Equatable {
    /// Surround it evenly with a value; an odd rest goes to the right and the bottom. Larger pictures are refused.
    case pad(UInt8)
    /// Scale and crop as ADM prepares ImageNet (`ImageBuffer.centerCropped`); smaller pictures are enlarged.
    case centerCrop
}

/// Turns pictures of any kind into model inputs, CHW in −1…1.
public struct ImagePreparation: Sendable, Equatable {
    public let geometry: ImageGeometry
    public let fit: ImageFit

    public init(_ geometry: ImageGeometry, fit: ImageFit) throws(DataError) {
        guard [1, 3, 4].contains(geometry.channels), geometry.height > 0, geometry.width > 0 else {
            throw .settings(
                reason: "images of \(geometry.channels)×\(geometry.height)×\(geometry.width); "
                    + "channels must be 1, 3 or 4 and sides positive")
        }
        if fit == .centerCrop && geometry.height != geometry.width {
            throw .settings(
                reason: "a centre crop is square, but height is \(geometry.height) and width \(geometry.width)")
        }
        self.geometry = geometry
        self.fit = fit
    }

    /// One picture as [channels, height, width] in −1…1.
    ///
    /// - Parameters:
    ///   - isFlipped: whether to mirror it left to right.
    ///   - name: what an error calls the picture.
    public func values(
        of image: ImageBuffer, isFlipped: Bool = false, name: @autoclosure () -> String = "the image"
    ) throws(DataError) -> [Float] {
        var values = [Float](repeating: 0, count: geometry.elementCount)
        try values.withUnsafeMutableBufferPointer { (buffer) throws(DataError) in
            try write(image, isFlipped: isFlipped, name: name(), into: buffer[...])
        }
        return values
    }

    /// As `values(of:)`, into the `geometry.elementCount` numbers of `destination`.
    func write(
        _ image: ImageBuffer, isFlipped: Bool, name: @autoclosure () -> String,
        into destination: Slice<UnsafeMutableBufferPointer<Float>>
    ) throws(DataError) {
        let output = UnsafeMutableBufferPointer(rebasing: destination)
        switch fit {
        case .pad(let value):
            guard image.width <= geometry.width, image.height <= geometry.height else {
                throw .unfit(
                    image: name(),
                    reason: "its \(image.width)×\(image.height) pixels do not fit into "
                        + "\(geometry.width)×\(geometry.height); use a centre crop")
            }
            if image.width < geometry.width || image.height < geometry.height {
                output.update(repeating: PixelConversion.signedValues[Int(value)])
            }
            place(image, isFlipped: isFlipped, in: output)
        case .centerCrop:
            place(image.centerCropped(side: geometry.height), isFlipped: isFlipped, in: output)
        }
    }

    /// Writes the picture into the middle of `output`; flipping mirrors it about the middle of `output`.
    private func place(_ image: ImageBuffer, isFlipped: Bool, in output: UnsafeMutableBufferPointer<Float>) {
        let source = image.converted(toChannels: geometry.channels)
        let left = (geometry.width - source.width) / 2
        let top = (geometry.height - source.height) / 2
        let step = isFlipped ? -1 : 1
        source.pixels.withUnsafeBufferPointer { pixels in
            PixelConversion.signedValues.withUnsafeBufferPointer { table in
                for channel in 0..<geometry.channels {
                    for y in 0..<source.height {
                        let row = (channel * geometry.height + top + y) * geometry.width
                        var target = row + (isFlipped ? geometry.width - 1 - left : left)
                        var position = y * source.width * source.channels + channel
                        for _ in 0..<source.width {
                            output[target] = table[Int(pixels[position])]
                            target += step
                            position += source.channels
                        }
                    }
                }
            }
        }
    }
}
