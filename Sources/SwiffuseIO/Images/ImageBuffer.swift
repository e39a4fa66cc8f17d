/// A picture in memory: rows from top to bottom, channels interleaved (HWC), 8 bits per sample.
public struct ImageBuffer: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// 1 grey, 3 RGB, 4 RGB with alpha (not premultiplied).
    public let channels: Int
    /// `height` · `width` · `channels` samples.
    public var pixels: [UInt8]

    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        require(width > 0 && height > 0, "an image of \(width)×\(height) pixels")
        require([1, 3, 4].contains(channels), "an image has 1, 3 or 4 channels, not \(channels)")
        require(
            pixels.count == width * height * channels,
            "\(width)×\(height)×\(channels) image from \(pixels.count) samples")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// An image of one value.
    public init(width: Int, height: Int, channels: Int, filledWith value: UInt8) {
        self.init(
            width: width, height: height, channels: channels,
            pixels: [UInt8](repeating: value, count: width * height * channels))
    }

    /// The part of `width` × `height` pixels whose top left corner is at (`x`, `y`).
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> ImageBuffer {
        require(
            x >= 0 && y >= 0 && width <= self.width - x && height <= self.height - y,
            "crop of \(width)×\(height) at (\(x), \(y)) from \(self.width)×\(self.height)")
        var part: [UInt8] = []
        part.reserveCapacity(width * height * channels)
        for row in y..<y + height {
            let start = (row * self.width + x) * channels
            part.append(contentsOf: pixels[start..<start + width * channels])
        }
        return ImageBuffer(width: width, height: height, channels: channels, pixels: part)
    }

    /// The same picture with 1, 3 or 4 channels, as Pillow's `convert` does it: grey is repeated, alpha is dropped
    /// (not blended) or set to 255, and grey = (19595 r + 38470 g + 7471 b + 2¹⁵) >> 16.
    public func converted(toChannels count: Int) -> ImageBuffer {
        if count == channels { return self }
        let result = [UInt8](unsafeUninitializedCapacity: width * height * count) { output, initialized in
            pixels.withUnsafeBufferPointer { input in
                for pixel in 0..<width * height {
                    let (source, target) = (pixel * channels, pixel * count)
                    let red = input[source]
                    let green = channels == 1 ? red : input[source + 1]
                    let blue = channels == 1 ? red : input[source + 2]
                    if count == 1 {
                        let sum = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
                        output[target] = UInt8(truncatingIfNeeded: (sum + 0x8000) >> 16)
                    } else {
                        (output[target], output[target + 1], output[target + 2]) = (red, green, blue)
                        if count == 4 { output[target + 3] = 255 }
                    }
                }
            }
            initialized = width * height * count
        }
        return ImageBuffer(width: width, height: height, channels: count, pixels: result)
    }
}
