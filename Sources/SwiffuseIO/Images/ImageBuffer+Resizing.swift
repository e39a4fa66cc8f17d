extension ImageBuffer {
    /// The picture at another size, bit for bit as Pillow's `Image.resize` makes it from 8-bit grey and RGB.
    ///
    /// A pass over the rows, rounded to 8 bits, precedes a pass over the columns, always in this order (Pillow before
    /// 13.0; 13.0 swaps them for some extreme shapes). Alpha is filtered like a colour, without premultiplication.
    public func resized(width: Int, height: Int, filter: ResamplingFilter) -> ImageBuffer {
        require(width > 0 && height > 0, "resizing to \(width)×\(height)")
        var result = self
        if width != self.width {
            let taps = ResamplingTaps(from: self.width, to: width, filter: filter)
            result = result.resampled(width: width, height: self.height, taps: taps, isHorizontal: true)
        }
        if height != self.height {
            let taps = ResamplingTaps(from: self.height, to: height, filter: filter)
            result = result.resampled(width: width, height: height, taps: taps, isHorizontal: false)
        }
        return result
    }

    private func resampled(width: Int, height: Int, taps: ResamplingTaps, isHorizontal: Bool) -> ImageBuffer {
        let samples = [UInt8](unsafeUninitializedCapacity: width * height * channels) { output, count in
            pixels.withUnsafeBufferPointer { input in
                if isHorizontal {
                    taps.filterRows(input, width: self.width, height: height, channels: channels, into: output)
                } else {
                    taps.filterColumns(input, rowLength: width * channels, into: output)
                }
            }
            count = width * height * channels
        }
        return ImageBuffer(width: width, height: height, channels: channels, pixels: samples)
    }
}
