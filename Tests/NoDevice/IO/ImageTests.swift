import SwiffuseIO
import Testing

@Suite struct ImageTests {
    @Test func gridPlacesImagesRowByRow() throws {
        let images = (1...3).map { ImageBuffer(width: 2, height: 1, channels: 1, filledWith: UInt8($0)) }
        let grid = try ImageGrid(columns: 2, padding: 1, background: 9).tiled(images)
        #expect((grid.width, grid.height) == (7, 5))
        #expect(
            grid.pixels == [
                9, 9, 9, 9, 9, 9, 9,
                9, 1, 1, 9, 2, 2, 9,
                9, 9, 9, 9, 9, 9, 9,
                9, 3, 3, 9, 9, 9, 9,
                9, 9, 9, 9, 9, 9, 9,
            ])
        #expect(try ImageGrid(columns: 8, padding: 0).tiled(images).width == 6)
    }

    @Test func gridRefusesUnequalImagesAndNone() {
        let images = [1, 3].map { ImageBuffer(width: 2, height: 1, channels: $0, filledWith: 0) }
        #expect(throws: ImageError.self) { try ImageGrid(columns: 2).tiled(images) }
        #expect(throws: ImageError.self) { try ImageGrid(columns: 2).tiled([]) }
    }

    @Test func samplesAreQuantisedAsInPixelGen() throws {
        let fixture = try SafetensorsFile(path: Fixtures.path("quantisation.safetensors"))
        #expect(try fixture.float32(of: "x").map { PixelConversion.sample($0) } == fixture.bytes(of: "uint8"))
        #expect([Float.nan, -.infinity, .infinity].map { PixelConversion.sample($0) } == [0, 0, 255])
    }

    @Test func everySampleSurvivesTheRoundTrip() {
        let samples = [UInt8](0...255)
        let values = PixelConversion.signed(samples)
        #expect(values.first == -1 && values.last == 1)
        #expect(values[1] == (Float(1) / 255 - 0.5) / 0.5)
        #expect(values.map { PixelConversion.sample($0) } == samples)
    }

    @Test func batchesBecomeImages() {
        let values: [Float] = [-1, 1, -1, -1, 1, 1] + [0, 0, 0, 0, 0, 0]
        let images = PixelConversion.images(fromNCHW: values, channels: 3, height: 1, width: 2)
        #expect(images.map(\.pixels) == [[0, 0, 255, 255, 0, 255], [128, 128, 128, 128, 128, 128]])
    }
}
