import Swiffuse

/// What `--from`, `--inpaint` or `--invert` start from, in the size of the model.
enum GivenPicture {
    case none
    /// Noised to t = 1 − strength.
    case variation(of: [Float], strength: Float)
    /// Drawn anew where the mask (one value per pixel) is 1; started from the picture itself if the strength is below
    /// 1.
    case inpainting(of: [Float], mask: [Float], strength: Float)
    /// Inverted first.
    case inversion(of: [Float])

    init(_ options: GivenPictureOptions, for image: ImageSpec) throws {
        if let path = options.from {
            let values = try Self.values(path, flag: "--from", for: image)
            self = .variation(of: values, strength: Float(options.strength ?? 0.6))
        } else if let path = options.inpaint, let maskPath = options.mask {
            let picture = try Self.read(path, flag: "--inpaint")
            let mask = try Self.read(maskPath, flag: "--mask")
            guard (mask.width, mask.height) == (picture.width, picture.height) else {
                throw UserError(
                    "--mask: \(maskPath) has \(mask.width)×\(mask.height) pixels, the picture "
                        + "\(picture.width)×\(picture.height); they must be of one size")
            }
            let grey = try Self.fitted(mask.converted(toChannels: 1), flag: "--mask", for: image)
            self = .inpainting(
                of: try Self.values(picture, flag: "--inpaint", for: image),
                mask: grey.pixels.map { $0 >= 128 ? 1 : 0 }, strength: Float(options.strength ?? 1))
        } else if let path = options.invert {
            self = .inversion(of: try Self.values(path, flag: "--invert", for: image))
        } else {
            self = .none
        }
    }

    /// The strength of a run that starts from the picture itself; nil if it starts from noise.
    var strength: Float? {
        switch self {
        case .none, .inversion: nil
        case .variation(_, let strength): strength
        case .inpainting(_, _, let strength): strength < 1 ? strength : nil
        }
    }

    private static func values(_ path: String, flag: String, for image: ImageSpec) throws -> [Float] {
        try values(try read(path, flag: flag), flag: flag, for: image)
    }

    /// [channels, height, width] in −1…1.
    private static func values(_ picture: ImageBuffer, flag: String, for image: ImageSpec) throws -> [Float] {
        let fitted = try fitted(picture.converted(toChannels: image.channels), flag: flag, for: image)
        return try ImagePreparation(
            ImageGeometry(channels: image.channels, height: image.height, width: image.width), fit: .pad(0)
        ).values(of: fitted)
    }

    private static func read(_ path: String, flag: String) throws -> ImageBuffer {
        do {
            return try PNG.read(path).image
        } catch {
            throw UserError("\(flag): \(error)")
        }
    }

    /// The picture in the model's size: as it is, or its middle, scaled.
    private static func fitted(_ picture: ImageBuffer, flag: String, for image: ImageSpec) throws -> ImageBuffer {
        if (picture.width, picture.height) == (image.width, image.height) { return picture }
        guard image.width == image.height else {
            throw UserError(
                "\(flag): the picture has \(picture.width)×\(picture.height) pixels, the model draws "
                    + "\(image.width)×\(image.height); bring it to that size")
        }
        return picture.centerCropped(side: image.height)
    }
}
