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
            let grey = ImageSpec(channels: 1, height: image.height, width: image.width)
            let shades = try Self.values(of: mask, named: maskPath, flag: "--mask", for: grey)
            self = .inpainting(
                of: try Self.values(of: picture, named: path, flag: "--inpaint", for: image),
                mask: shades.map { $0 > 0 ? 1 : 0 }, strength: Float(options.strength ?? 1))
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
        try values(of: try read(path, flag: flag), named: path, flag: flag, for: image)
    }

    private static func read(_ path: String, flag: String) throws -> ImageBuffer {
        do {
            return try ImageFile.read(path)
        } catch {
            throw UserError("\(flag): \(error)")
        }
    }

    /// [channels, height, width] in −1…1: the picture as it is, or its middle, scaled to the model's size.
    private static func values(
        of picture: ImageBuffer, named path: String, flag: String, for image: ImageSpec
    ) throws -> [Float] {
        let geometry = ImageGeometry(channels: image.channels, height: image.height, width: image.width)
        do {
            return try ImagePreparation(geometry, fit: .centerCrop).values(of: picture, name: path)
        } catch {
            throw UserError("\(flag): \(error)")
        }
    }
}
