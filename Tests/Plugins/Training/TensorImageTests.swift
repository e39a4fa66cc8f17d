import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseTensor
import Testing

@Suite struct TensorImageTests {
    @Test(arguments: [1, 3, 4]) func picturesSurviveTheWayThroughATensor(_ channels: Int) throws {
        let device = try CPUDevice(threads: 1)
        var random = Philox(seed: 3)
        let pictures = (0..<2).map { _ in
            ImageBuffer(
                width: 7, height: 5, channels: channels,
                pixels: (0..<35 * channels).map { _ in UInt8(random.nextUniform() * 256) })
        }
        let tensor = Tensor(images: pictures, on: device)
        #expect(tensor.shape == [2, channels, 5, 7])
        let values = try tensor.scalars()
        // Second picture, last channel, row 3, column 2.
        let position = ((1 * channels + channels - 1) * 5 + 3) * 7 + 2
        let sample = pictures[1].pixels[(3 * 7 + 2) * channels + channels - 1]
        #expect(values[position] == PixelConversion.signedValues[Int(sample)])
        #expect(try tensor.images() == pictures)
    }

    @Test func arraysSurviveTheWayThroughATensor() throws {
        let device = try CPUDevice(threads: 1)
        let values = (0..<7 * 3).map { Float($0) * 0.3 - 2 }
        let tensor = Tensor(values, shape: [7, 3], on: device)
        #expect(try tensor.scalars() == values)
        #expect(try tensor.transposed().scalars() == (0..<21).map { values[($0 % 7) * 3 + $0 / 7] })
    }

    @Test func valuesOutsideAreClipped() throws {
        let device = try CPUDevice(threads: 1)
        let tensor = Tensor([-3, 3, 0, .nan], shape: [1, 1, 2, 2], on: device)
        #expect(try tensor.images()[0].pixels == [0, 255, 128, 0])
    }
}
