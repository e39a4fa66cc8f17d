public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseTensor

/// Kind `image_files`: picture files as bytes and the RGB values that they decode to, one case each, all exactly.
public struct ImageFilesCheck: GoldenCheck {
    public let kinds = ["image_files"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        fixture.resultsByCase { name in
            let bytes = try fixture.integers("inputs.\(name).bytes", in: 0...255).map { UInt8($0) }
            let image = try decoded(bytes, name).converted(toChannels: 3)
            return try fixture.references(ofCase: name).map { key in
                guard key.hasSuffix(".rgb") else { return .unsupported(key, "anything but rgb values") }
                return try fixture.compareSamples(of: image, with: key)
            }
        }
    }

    /// Pictures are as Pillow shows them, whatever their orientation says.
    private func decoded(_ bytes: [UInt8], _ name: String) throws(ImageError) -> ImageBuffer {
        bytes.starts(with: [0xFF, 0xD8])
            ? try JPEG.decode(bytes, named: name, orientation: .asStored)
            : try PNG.decode(bytes, named: name, deepGrey: .clipped).image
    }
}

extension GoldenFixture {
    /// Compares a picture with reference samples [height, width, channels], all exactly.
    func compareSamples(of image: ImageBuffer, with key: String) throws(GoldenError) -> GoldenResult {
        try compare(
            image.pixels.map { Double($0) }, shape: [image.height, image.width, image.channels], with: key,
            bound: .exact)
    }
}
