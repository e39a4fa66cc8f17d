import SwiffuseIO
import Testing

@Suite struct JPEGTests {
    private func fixture() throws -> SafetensorsFile { try SafetensorsFile(path: Fixtures.path("jpeg.safetensors")) }

    @Test func everyKindOfFileReadsAsInPillow() throws {
        let fixture = try fixture()
        let names = fixture.names.filter { $0.hasSuffix(".jpg") }.map { $0.dropLast(4) }
        #expect(names.count == 20)
        for name in names {
            let image = try JPEG.decode(fixture.bytes(of: "\(name).jpg"), named: String(name), orientation: .asStored)
            #expect(image.channels == (name.hasPrefix("grey") ? 1 : 3), "\(name)")
            #expect(try image.converted(toChannels: 3) == fixture.image("\(name).rgb"), "\(name)")
        }
    }

    @Test(arguments: 1...8) func picturesAreTurnedUpright(orientation: Int) throws {
        let fixture = try fixture()
        let image = try ImageFile.decode(fixture.bytes(of: "orientation_\(orientation).jpg"))
        #expect(try image == fixture.image("orientation_\(orientation).upright"))
    }

    @Test func encodingKeepsThePicture() throws {
        let levels = (0..<19 * 11 * 3).map { (position: Int) -> UInt8 in
            let (row, column) = (position / 57, position % 57)
            return UInt8(40 + 9 * row + column)
        }
        let smooth = ImageBuffer(width: 19, height: 11, channels: 3, pixels: levels)
        for image in [smooth, smooth.converted(toChannels: 1)] {
            let back = try JPEG.decode(JPEG.encode(image, quality: 98))
            #expect(back.width == 19 && back.height == 11 && back.channels == image.channels)
            // Quantisation of smooth values at this quality moves them by a few levels.
            let distances = zip(image.pixels, back.pixels).map { abs(Int($0) - Int($1)) }
            #expect(distances.allSatisfy { $0 <= 6 })
        }
        #expect(throws: ImageError.self) { try JPEG.encode(smooth.converted(toChannels: 4)) }
    }

    @Test func damageIsAnError() throws {
        let bytes = try fixture().bytes(of: "rgb_420.jpg")
        let error = #expect(throws: ImageError.self) { try JPEG.decode(Array(bytes.dropLast(200)), named: "cat.jpg") }
        #expect(error?.description.contains("cat.jpg") == true)
        #expect(throws: ImageError.wrongFormat(path: "x", expected: "JPEG")) { try JPEG.decode([1, 2, 3], named: "x") }
        #expect(throws: ImageError.wrongFormat(path: "x", expected: "PNG or JPEG")) {
            try ImageFile.decode([0xFF, 0xD8], named: "x")
        }
        var scrambled = bytes
        for index in scrambled.count / 2..<scrambled.count - 2 { scrambled[index] = 0 }
        #expect(throws: ImageError.self) { try JPEG.decode(scrambled) }
    }

    @Test func hostileSizesAreRefused() throws {
        var bytes = try fixture().bytes(of: "rgb_444.jpg")
        let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes.replaceSubrange(frame + 5..<frame + 9, with: [0x7F, 0xFF, 0x7F, 0xFF])
        let limits = ImageLimits(maximumSide: 1 << 15, maximumPixelCount: 1 << 40)
        #expect(throws: ImageError.self) { try JPEG.decode(bytes, limits: limits) }  // too short for its size
        #expect(throws: ImageError.self) { try JPEG.decode(bytes, limits: ImageLimits(maximumSide: 100)) }
    }
}
