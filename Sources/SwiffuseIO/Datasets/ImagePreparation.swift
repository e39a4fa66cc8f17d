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
    /// Scale in the same way, then cut a part out at a random place.
    case randomCrop
}

/// What differs from one use of a picture to the next.
public struct ImageVariation: Sendable, Equatable {
    /// Whether to mirror it left to right.
    public var isFlipped = false
    /// Where a random crop lies, in 0..<1 of what is left over across and down.
    public var cropPlace: (across: Double, down: Double) = (0, 0)

    public init() {}

    public static func == (a: ImageVariation, b: ImageVariation) -> Bool {
        a.isFlipped == b.isFlipped && a.cropPlace == b.cropPlace
    }
}

/// Turns pictures of any kind into model inputs, CHW in −1…1.
public struct ImagePreparation: Sendable, Equatable {
    /// Pixels that a picture may have after scaling; a picture of extreme proportions would have more.
    private static let maximumPixelCount = 1 << 26

    public let geometry: ImageGeometry
    public let fit: ImageFit

    public init(_ geometry: ImageGeometry, fit: ImageFit) throws(DataError) {
        guard [1, 3, 4].contains(geometry.channels), geometry.height > 0, geometry.width > 0 else {
            throw .settings(
                reason: "images of \(geometry.channels)×\(geometry.height)×\(geometry.width); "
                    + "channels must be 1, 3 or 4 and sides positive")
        }
        self.geometry = geometry
        self.fit = fit
    }

    /// One picture as [channels, height, width] in −1…1.
    ///
    /// - Parameters:
    ///   - variation: flip and crop.
    ///   - name: what an error calls the picture.
    public func values(
        of image: ImageBuffer, variation: ImageVariation = ImageVariation(),
        name: @autoclosure () -> String = "the image"
    ) throws(DataError) -> [Float] {
        let scaled = try scaled(image, name: name())
        return [Float](unsafeUninitializedCapacity: geometry.elementCount) { buffer, count in
            write(scaled, variation: variation, into: buffer[0..<geometry.elementCount])
            count = geometry.elementCount
        }
    }

    /// The part of the work that is the same in every use of a picture: channels and scale, before cropping.
    func scaled(_ image: ImageBuffer, name: @autoclosure () -> String) throws(DataError) -> ImageBuffer {
        let converted = image.converted(toChannels: geometry.channels)
        switch fit {
        case .pad:
            guard image.width <= geometry.width, image.height <= geometry.height else {
                throw .unfit(
                    image: name(),
                    reason: "its \(image.width)×\(image.height) pixels do not fit into "
                        + "\(geometry.width)×\(geometry.height); use a centre crop")
            }
            return converted
        case .centerCrop, .randomCrop:
            let (width, height) = image.coveringSize(width: geometry.width, height: geometry.height)
            guard width <= Self.maximumPixelCount / height else {
                throw .unfit(
                    image: name(),
                    reason: "its \(image.width)×\(image.height) pixels are too far from the proportions of "
                        + "\(geometry.width)×\(geometry.height)")
            }
            return fit == .centerCrop
                ? converted.centerCropped(width: geometry.width, height: geometry.height)
                : converted.covering(width: geometry.width, height: geometry.height)
        }
    }

    /// Writes a picture made by `scaled` as the `geometry.elementCount` numbers of `destination`.
    func write(
        _ scaled: ImageBuffer, variation: ImageVariation, into destination: Slice<UnsafeMutableBufferPointer<Float>>
    ) {
        let output = UnsafeMutableBufferPointer(rebasing: destination)
        switch fit {
        case .pad(let value):
            if scaled.width < geometry.width || scaled.height < geometry.height {
                output.update(repeating: PixelConversion.signedValues[Int(value)])
            }
            place(scaled, isFlipped: variation.isFlipped, in: output)
        case .centerCrop: place(scaled, isFlipped: variation.isFlipped, in: output)
        case .randomCrop:
            let (across, down) = variation.cropPlace
            let part = scaled.cropped(
                x: Int(across * Double(scaled.width - geometry.width + 1)),
                y: Int(down * Double(scaled.height - geometry.height + 1)),
                width: geometry.width, height: geometry.height)
            place(part, isFlipped: variation.isFlipped, in: output)
        }
    }

    /// Writes the picture into the middle of `output`; flipping mirrors it about the middle of `output`.
    private func place(_ source: ImageBuffer, isFlipped: Bool, in output: UnsafeMutableBufferPointer<Float>) {
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
