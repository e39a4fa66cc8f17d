import SwiffuseIO
import Testing

@Suite struct PNGTests {
    private func noise(width: Int, height: Int, channels: Int) -> ImageBuffer {
        var random = SeededGenerator(seed: 3)
        let pixels = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &random) }
        return ImageBuffer(width: width, height: height, channels: channels, pixels: pixels)
    }

    @Test func everyKindOfFileReadsAsInPillow() throws {
        let fixture = try SafetensorsFile(path: Fixtures.path("png.safetensors"))
        let names = fixture.names.filter { $0.hasSuffix(".png") }.map { $0.dropLast(4) }
        #expect(names.count == 22)
        for name in names {
            let image = try PNG.decode(fixture.bytes(of: "\(name).png"), named: String(name), deepGrey: .clipped).image
            #expect(try image.converted(toChannels: 3) == fixture.image("\(name).rgb"), "\(name)")
        }
    }

    @Test func deepGreyIsScaled() throws {
        let fixture = try SafetensorsFile(path: Fixtures.path("png.safetensors"))
        let names = fixture.names.filter { $0.hasSuffix(".png") && $0.contains("grey16") }
        #expect(!names.isEmpty, "\(fixture.names)")
        for name in names {
            let bytes = try fixture.bytes(of: name)
            let scaled = try ImageFile.decode(bytes).pixels
            let clipped = try PNG.decode(bytes, deepGrey: .clipped).image.pixels
            // What is above 255 of 65,535 is white in Pillow, and nearly black in truth.
            #expect(zip(scaled, clipped).allSatisfy { $0 == 0 || $1 == 255 })
            #expect(scaled.contains { (1..<255).contains($0) })
        }
    }

    @Test func greyConversionIsPillows() throws {
        let fixture = try SafetensorsFile(path: Fixtures.path("png.safetensors"))
        for name in fixture.names where name.hasSuffix(".grey") {
            let image = try fixture.image(name.replacing(".grey", with: ".rgb"))
            #expect(try image.converted(toChannels: 1) == fixture.image(name), "\(name)")
        }
    }

    @Test func alphaIsKept() throws {
        let fixture = try SafetensorsFile(path: Fixtures.path("png.safetensors"))
        for (name, channels) in [("png_rgba", 4), ("png_la", 4), ("own_palette4_transparent", 4), ("png_gray", 1)] {
            #expect(try PNG.decode(fixture.bytes(of: "\(name).png")).image.channels == channels, "\(name)")
        }
    }

    @Test(arguments: [1, 3, 4]) func roundTripIsExact(channels: Int) throws {
        let folder = try TemporaryFolder()
        let image = noise(width: 13, height: 7, channels: channels)
        let texts = [
            PNGText("Software", "swiffuse"), PNGText("seed", "12\nguidance 2.25"), PNGText("prompt", "Grüße, 世界 😀"),
            PNGText("empty", ""), PNGText("seed", String(repeating: "long ", count: 3_000)),
        ]
        try PNG.write(image, to: "\(folder.path)/a.png", texts: texts)
        let picture = try PNG.read("\(folder.path)/a.png")
        #expect(picture.image == image)
        #expect(picture.texts == texts)
        #expect(try PNG.encode(image, texts: texts) == FileContents.read("\(folder.path)/a.png"))
        #expect(try folder.contents == ["a.png"])
    }

    @Test func impossibleTextsAreRefused() {
        let image = noise(width: 1, height: 1, channels: 1)
        for text in [
            PNGText("", "a"), PNGText(" a", "a"), PNGText("a ", "a"), PNGText("a  b", "a"), PNGText("ü", "a"),
            PNGText(String(repeating: "k", count: 80), "a"), PNGText("k", "a\0b"),
        ] {
            #expect(throws: ImageError.self) { try PNG.encode(image, texts: [text]) }
        }
    }

    @Test func sizeIsLimitedBeforeDecoding() throws {
        let bytes = try PNG.encode(noise(width: 13, height: 7, channels: 3))
        for limits in [ImageLimits(maximumSide: 12), ImageLimits(maximumPixelCount: 90)] {
            #expect(throws: ImageError.tooLarge(path: "x", width: 13, height: 7, limits: limits)) {
                try PNG.decode(bytes, named: "x", limits: limits)
            }
        }
        #expect(try PNG.decode(bytes, limits: ImageLimits(maximumSide: 13, maximumPixelCount: 91)).image.width == 13)
    }

    @Test func otherFilesAndMissingFilesAreTypedErrors() throws {
        #expect(throws: ImageError.wrongFormat(path: "x", expected: "PNG")) { try PNG.decode([1, 2, 3], named: "x") }
        #expect(throws: ImageError.wrongFormat(path: "x", expected: "PNG")) { try PNG.decode([], named: "x") }
        #expect(throws: ImageError.self) { try PNG.read("/nonexistent.png") }
    }

    @Test func everyCutIsRefused() throws {
        let bytes = try PNG.encode(noise(width: 13, height: 7, channels: 3))
        for count in 0..<bytes.count - 12 {
            #expect(throws: ImageError.self) { try PNG.decode(Array(bytes.prefix(count))) }
        }
    }
}
