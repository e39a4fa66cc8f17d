import Swiffuse

/// How well an inverted picture came back.
struct Reconstruction {
    /// Root of the mean squared difference of 8-bit values.
    let error: Double
    /// The largest difference of 8-bit values.
    let largest: Int

    /// - Parameter values: the picture that was inverted, CHW in −1…1.
    init(of values: [Float], as picture: ImageBuffer) {
        let original = PixelConversion.images(
            fromNCHW: values, channels: picture.channels, height: picture.height, width: picture.width)
        let differences = original.flatMap { zip($0.pixels, picture.pixels).map { abs(Int($0) - Int($1)) } }
        let squares = differences.reduce(0) { $0 + $1 * $1 }
        error = (Double(squares) / Double(max(1, differences.count))).squareRoot()
        largest = differences.max() ?? 0
    }

    var summary: String {
        "reconstruction error \(Amount.number(error)) of 255 (root mean square), at most \(largest)"
    }
}
