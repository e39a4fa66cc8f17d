public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseTensor

/// Kind `image_ops`: preparation of training pictures and quantisation (exact), and resampling of tensors with
/// gradients (by the file's bound).
public struct ImageOpsCheck: GoldenCheck {
    public let kinds = ["image_ops"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let config = try fixture.config
        let resolution = try config.integer("resolution")
        guard (8...4096).contains(resolution) else { throw config.malformed("resolution", "is out of range") }
        let resamplings = try config.settings("interp")
        return fixture.resultsByCase { name in
            if resamplings.contains(name) {
                return try ResamplingCase(fixture, name, resamplings.settings(name), device).results()
            }
            switch name {
            case "quant", "pixel_ae": return try QuantisationCase(fixture: fixture, name: name).results()
            default: return try PictureCase(fixture, name, resolution: resolution).results()
            }
        }
    }
}

/// One picture, prepared in several ways.
private struct PictureCase {
    let fixture: GoldenFixture
    let name: String
    let resolution: Int
    let picture: ImageBuffer

    init(_ fixture: GoldenFixture, _ name: String, resolution: Int) throws {
        let key = "inputs.\(name).rgb"
        let shape = try fixture.shape(of: key, expecting: [nil, nil, 3])
        guard shape[0] > 0, shape[1] > 0 else { throw fixture.malformed("\(key) is empty") }
        self.fixture = fixture
        self.name = name
        self.resolution = resolution
        picture = ImageBuffer(
            width: shape[1], height: shape[0], channels: 3,
            pixels: try fixture.integers(key, in: 0...255).map { UInt8($0) })
    }

    func results() throws -> [GoldenResult] {
        try fixture.references(ofCase: name).map { key in
            let quantity = key.dropFirst("outputs.\(name).".count)
            if let match = quantity.wholeMatch(of: /box_half_(\d+)/), let stage = Int(match.1), stage < 32 {
                return try fixture.compareSamples(of: halved(times: stage + 1), with: key)
            }
            switch quantity {
            case "bicubic_stage":
                return try fixture.compareSamples(
                    of: picture.covering(width: resolution, height: resolution), with: key)
            case "center_crop_adm", "blip3o_center_crop":
                return try fixture.compareSamples(of: picture.centerCropped(side: resolution), with: key)
            case "pil_bilinear":
                return try fixture.compareSamples(
                    of: picture.resized(width: resolution - 7, height: resolution + 3, filter: .bilinear), with: key)
            case "pil_lanczos":
                return try fixture.compareSamples(
                    of: picture.resized(width: resolution, height: resolution + 5, filter: .lanczos), with: key)
            case "torchvision_resize_centercrop": return try fixture.compareSamples(of: torchvisionCrop(), with: key)
            case "to_tensor": return try compare(values { Double(Float($0) / 255) }, key)
            case "normalized": return try compare(values { Double(PixelConversion.signedValues[Int($0)]) }, key)
            default: return .unsupported(key, "the operation \(quantity)")
            }
        }
    }

    private func halved(times: Int) throws(GoldenError) -> ImageBuffer {
        var image = picture
        for _ in 0..<times {
            guard min(image.width, image.height) > 1 else { throw fixture.malformed("\(name) is halved too often") }
            image = image.resized(width: image.width / 2, height: image.height / 2, filter: .box)
        }
        return image
    }

    /// torchvision's Resize (the shorter side; the longer one cut to whole pixels) and CenterCrop (offsets rounded,
    /// ties to even).
    private func torchvisionCrop() -> ImageBuffer {
        let (width, height) = (picture.width, picture.height)
        let longer = Int(Double(resolution * max(width, height)) / Double(min(width, height)))
        let image = picture.resized(
            width: width <= height ? resolution : longer, height: width <= height ? longer : resolution,
            filter: .bilinear)
        return image.cropped(
            x: Int((Double(image.width - resolution) / 2).rounded(.toNearestOrEven)),
            y: Int((Double(image.height - resolution) / 2).rounded(.toNearestOrEven)), width: resolution,
            height: resolution)
    }

    /// The centre crop as planes.
    private func values(_ convert: (UInt8) -> Double) -> [Double] {
        let image = picture.centerCropped(side: resolution)
        return (0..<3).flatMap { channel in
            stride(from: channel, to: image.pixels.count, by: 3).map { convert(image.pixels[$0]) }
        }
    }

    private func compare(_ values: [Double], _ key: String) throws(GoldenError) -> GoldenResult {
        try fixture.compare(values, shape: [3, resolution, resolution], with: key, bound: .exact)
    }
}

/// Numbers to 8-bit samples and back, and the affine map of the pixel "autoencoder".
private struct QuantisationCase {
    let fixture: GoldenFixture
    let name: String

    func results() throws -> [GoldenResult] {
        let numbers = try fixture.floats("inputs.quant.x")
        let samples = numbers.map(PixelConversion.sample)
        return try fixture.references(ofCase: name).map { key in
            let quantity = String(key.dropFirst("outputs.\(name).".count))
            switch (name, quantity) {
            case ("quant", "uint8"): return try compare(samples.map { Double($0) }, key)
            case ("quant", "back_to_float"):
                // The reference is Float64, rounded once.
                return try compare(samples.map { Double(Float((Double($0) / 255 - 0.5) / 0.5)) }, key)
            case ("pixel_ae", _):
                guard let match = quantity.wholeMatch(of: /(encode|decode)_scale(\d+)_shift0(\d+)/),
                    let scale = Double(match.2), let shift = Double("0.\(match.3)")
                else { return .unsupported(key, "the operation \(quantity)") }
                return try compare(
                    numbers.map { x in
                        let exact = match.1 == "encode" ? Double(x) / scale + shift : (Double(x) - shift) * scale
                        return Double(Float(exact))
                    }, key)
            default: return .unsupported(key, "the operation \(quantity)")
            }
        }
    }

    private func compare(_ values: [Double], _ key: String) throws(GoldenError) -> GoldenResult {
        try fixture.compare(values, shape: [values.count], with: key, bound: .exact)
    }
}
