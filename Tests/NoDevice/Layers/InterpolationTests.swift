import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct InterpolationTests {
    @Test(arguments: [Interpolation.bilinear, .bicubic], [false, true])
    func rowsSumToOne(_ interpolation: Interpolation, isAntialiased: Bool) {
        for (input, output) in [(7, 3), (3, 7), (5, 5), (1, 4), (9, 1)] {
            let axis = AxisResampling(
                from: input, to: output, interpolation: interpolation, isAntialiased: isAntialiased)
            for row in 0..<output {
                let sum = axis.matrix[row * input..<(row + 1) * input].reduce(0, +)
                #expect(abs(sum - 1) < 1e-6, "\(input) to \(output), row \(row)")
            }
        }
    }

    @Test func theSameSizeIsTheSamePicture() throws {
        let axis = { AxisResampling(from: $0, to: $0, interpolation: .bicubic) }
        let values = (0..<2 * 3 * 5).map { Float($0 * $0 % 17) }
        let image = Tensor(values, shape: [1, 2, 3, 5], on: ReferenceDevice())
        #expect(try image.interpolated(rows: axis(3), columns: axis(5)).scalars() == values)
    }

    @Test func aRampStaysARamp() throws {
        let image = Tensor((0..<8).map(Float.init), shape: [1, 1, 1, 8], on: ReferenceDevice())
        let wide = try image.interpolated(
            rows: AxisResampling(from: 1, to: 1, interpolation: .bilinear),
            columns: AxisResampling(from: 8, to: 16, interpolation: .bilinear)
        ).scalars()
        // Pixel centres at half integers: output i lies at (i + 0.5) / 2 − 0.5, and the border is repeated.
        let expected = (0..<16).map { min(max((Float($0) + 0.5) / 2 - 0.5, 0), 7) }
        #expect(zip(wide, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}
