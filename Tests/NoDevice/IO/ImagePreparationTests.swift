import SwiffuseIO
import Testing

@Suite struct ImagePreparationTests {
    private let signed = PixelConversion.signedValues

    private func preparation(_ channels: Int, _ height: Int, _ width: Int, _ fit: ImageFit) throws -> ImagePreparation {
        try ImagePreparation(ImageGeometry(channels: channels, height: height, width: width), fit: fit)
    }

    @Test func paddingSurroundsTheImage() throws {
        let image = ImageBuffer(width: 2, height: 1, channels: 1, pixels: [10, 20])
        let (p, a, b) = (signed[7], signed[10], signed[20])
        let values = try preparation(1, 2, 5, .pad(7)).values(of: image)
        #expect(values == [p, a, b, p, p, p, p, p, p, p])
        var flip = ImageVariation()
        flip.isFlipped = true
        let flipped = try preparation(1, 2, 5, .pad(7)).values(of: image, variation: flip)
        #expect(flipped == [p, p, b, a, p, p, p, p, p, p])
    }

    @Test func channelsBecomePlanes() throws {
        let image = ImageBuffer(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
        #expect(try preparation(3, 1, 2, .pad(0)).values(of: image) == [1, 4, 2, 5, 3, 6].map { signed[$0] })
        let grey = ImageBuffer(width: 2, height: 1, channels: 1, pixels: [8, 9])
        #expect(try preparation(3, 1, 2, .pad(0)).values(of: grey) == [8, 9, 8, 9, 8, 9].map { signed[$0] })
    }

    @Test func centerCropIsThatOfTheImage() throws {
        let pixels = (0..<13 * 7 * 3).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let image = ImageBuffer(width: 13, height: 7, channels: 3, pixels: pixels)
        let cropped = image.centerCropped(side: 5)
        let values = try preparation(3, 5, 5, .centerCrop).values(of: image)
        #expect(PixelConversion.images(fromNCHW: values, channels: 3, height: 5, width: 5) == [cropped])
    }

    @Test func unfitImagesAndSettingsAreRefused() throws {
        let image = ImageBuffer(width: 4, height: 4, channels: 1, filledWith: 0)
        let error = #expect(throws: DataError.self) {
            try preparation(1, 4, 3, .pad(0)).values(of: image, name: "cat.png")
        }
        #expect(error?.description.contains("cat.png") == true)
        #expect(throws: DataError.self) { try preparation(2, 4, 4, .pad(0)) }
        #expect(throws: DataError.self) { try preparation(1, 0, 4, .pad(0)) }
        let strip = ImageBuffer(width: 30_000, height: 1, channels: 1, filledWith: 0)
        #expect(throws: DataError.self) { try preparation(1, 256, 256, .centerCrop).values(of: strip) }
    }
}
