/// Conversions between 8-bit samples and the numbers that models see.
public enum PixelConversion {
    /// Float32 of each 8-bit sample in −1…1, (x / 255 − 0.5) / 0.5, each operation rounded to Float32.
    public static let signedValues: [Float] = (0..<256).map { (Float($0) / 255 - 0.5) / 0.5 }

    /// Samples as Float32 in −1…1.
    public static func signed(_ samples: [UInt8]) -> [Float] {
        samples.map { signedValues[Int($0)] }
    }

    /// A number in −1…1 as an 8-bit sample, trunc(clip((x + 1) · 127.5 + 0.5, 0, 255)); not-a-number becomes 0.
    public static func sample(_ value: Float) -> UInt8 {
        let scaled = (value + 1) * 127.5 + 0.5
        return scaled > 0 ? UInt8(min(scaled, 255)) : 0
    }

    /// The pictures of a batch.
    ///
    /// - Parameters:
    ///   - values: [count, channels, height, width] in −1…1; outside it is clipped.
    ///   - channels: 1, 3 or 4.
    public static func images(fromNCHW values: [Float], channels: Int, height: Int, width: Int) -> [ImageBuffer] {
        let plane = height * width
        require(
            plane > 0 && channels > 0 && values.count % (plane * channels) == 0,
            "\(values.count) values are no images of \(channels)×\(height)×\(width)")
        return stride(from: 0, to: values.count, by: plane * channels).map { start in
            var pixels = [UInt8](repeating: 0, count: plane * channels)
            for channel in 0..<channels {
                for i in 0..<plane {
                    pixels[i * channels + channel] = sample(values[start + channel * plane + i])
                }
            }
            return ImageBuffer(width: width, height: height, channels: channels, pixels: pixels)
        }
    }
}
