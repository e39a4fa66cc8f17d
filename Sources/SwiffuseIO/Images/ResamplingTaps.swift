/// For each output position of one axis: which input positions it reads, and with which fixed-point weights.
///
/// Weights are normalised in Float64 and rounded to 22 fractional bits, so that sums are exact integers and the result
/// is the same on every machine (Pillow, src/libImaging/Resample.c).
struct ResamplingTaps {
    private static let fractionBits: Int32 = 22

    private let outputCount: Int
    private let stride: Int  // weights per output position
    private var starts: [Int] = []
    private var counts: [Int] = []
    private var weights: [Int32]

    init(from inputCount: Int, to outputCount: Int, filter: ResamplingFilter) {
        let scale = Double(inputCount) / Double(outputCount)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        self.outputCount = outputCount
        stride = Int(support.rounded(.up)) * 2 + 1
        weights = [Int32](repeating: 0, count: outputCount * stride)
        for position in 0..<outputCount {
            let center = (Double(position) + 0.5) * scale
            let start = max(0, Int(center - support + 0.5))
            let end = min(inputCount, Int(center + support + 0.5))
            let exact = (start..<end).map { filter.weight(at: (Double($0) - center + 0.5) * (1 / filterScale)) }
            let sum = exact.reduce(0, +)
            for (tap, weight) in exact.enumerated() {
                let scaled = (sum == 0 ? weight : weight / sum) * Double(1 << Self.fractionBits)
                weights[position * stride + tap] = Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
            }
            starts.append(start)
            counts.append(end - start)
        }
    }

    /// Filters along x: `input` is [height, width, channels], `output` [height, outputCount, channels].
    func filterRows(
        _ input: UnsafeBufferPointer<UInt8>, width: Int, height: Int, channels: Int,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) {
        for y in 0..<height {
            for x in 0..<outputCount {
                let first = (y * width + starts[x]) * channels
                for channel in 0..<channels {
                    var sum = Int32(1) << (Self.fractionBits - 1)
                    for tap in 0..<counts[x] {
                        sum &+= Int32(input[first + tap * channels + channel]) &* weights[x * stride + tap]
                    }
                    output[(y * outputCount + x) * channels + channel] = Self.pixel(sum)
                }
            }
        }
    }

    /// Filters along y: `input` is [any height, rowLength], `output` [outputCount, rowLength].
    func filterColumns(
        _ input: UnsafeBufferPointer<UInt8>, rowLength: Int, into output: UnsafeMutableBufferPointer<UInt8>
    ) {
        var sums = [Int32](repeating: 0, count: rowLength)
        for y in 0..<outputCount {
            for i in 0..<rowLength { sums[i] = 1 << (Self.fractionBits - 1) }
            for tap in 0..<counts[y] {
                let weight = weights[y * stride + tap]
                let row = (starts[y] + tap) * rowLength
                for i in 0..<rowLength { sums[i] &+= Int32(input[row + i]) &* weight }
            }
            for i in 0..<rowLength { output[y * rowLength + i] = Self.pixel(sums[i]) }
        }
    }

    private static func pixel(_ sum: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: min(max(sum >> fractionBits, 0), 255))
    }
}
