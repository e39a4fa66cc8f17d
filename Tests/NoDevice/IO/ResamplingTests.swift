import SwiffuseIO
import Testing

@Suite struct ResamplingTests {
    @Test func everyFilterIsExactlyPillows() throws {
        let fixture = try SafetensorsFile(path: Fixtures.path("resampling.safetensors"))
        var count = 0
        for name in fixture.names {
            let parts = name.split(separator: ".").map { String($0) }
            guard let filter = ResamplingFilter(rawValue: parts[0]) else { continue }
            let expected = try fixture.image(name)
            let source = try fixture.image("input.\(parts[1])")
            let resized = source.resized(width: expected.width, height: expected.height, filter: filter)
            #expect(resized == expected, "\(name)")
            count += 1
        }
        #expect(count == 40)
    }

    @Test func centerCropIsExactlyADMs() throws {
        let fixture = try SafetensorsFile(path: Fixtures.path("resampling.safetensors"))
        for name in fixture.names where name.hasPrefix("crop.") {
            let expected = try fixture.image(name)
            let source = try fixture.image("input.\(name.split(separator: ".")[1])")
            #expect(source.centerCropped(side: expected.width) == expected, "\(name)")
        }
    }

    @Test func sameSizeIsUnchanged() {
        let image = ImageBuffer(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
        for filter in ResamplingFilter.allCases {
            #expect(image.resized(width: 3, height: 2, filter: filter) == image)
        }
    }
}
