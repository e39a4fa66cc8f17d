import SwiffuseIO
import Testing

/// Hand-made fonts with two pictures.
@Suite struct BitmapFontTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(value >> (8 * $0) & 255) }
    }

    /// A font whose glyphs 5 and 7 have pictures.
    private func font(_ pictures: [[UInt8]], indexFormat: Int = 1) throws -> [UInt8] {
        // CBDT: version, then records of format 17: five bytes of metrics, a length and a PNG.
        var data = big(3, 2) + big(0, 2)
        var places: [Int] = []
        for picture in pictures {
            places.append(data.count)
            data += [UInt8](repeating: 9, count: 5) + big(picture.count, 4) + picture
        }
        let offsets = [places[0] - 4, places[1] - 4, places[1] - 4, data.count - 4]
        // Glyph 6 has none: its offsets are equal.
        let list =
            indexFormat == 1
            ? big(offsets[0], 4) + big(offsets[1], 4) + big(offsets[1], 4) + big(offsets[3], 4)
            : offsets.flatMap { big($0, 2) }
        let index = big(indexFormat, 2) + big(17, 2) + big(4, 4) + list
        let array = big(5, 2) + big(7, 2) + big(8, 4)
        let size = big(56, 4) + big(array.count + index.count, 4) + big(1, 4) + [UInt8](repeating: 0, count: 36)
        let locations = big(3, 2) + big(0, 2) + big(1, 4) + size + array + index
        let head = big(0x0001_0000, 4) + big(2, 2) + big(0, 6)
        let start = head.count + 32
        let tables =
            Array("CBDT".utf8) + big(0, 4) + big(start, 4) + big(data.count, 4) + Array("CBLC".utf8) + big(0, 4)
            + big(start + data.count, 4) + big(locations.count, 4)
        return head + tables + data + locations
    }

    private func pictures() throws -> [[UInt8]] {
        let wide = ImageBuffer(width: 3, height: 1, channels: 4, pixels: [9, 8, 7, 255, 0, 0, 0, 0, 200, 100, 0, 51])
        let grey = ImageBuffer(width: 1, height: 1, channels: 1, pixels: [17])
        return [try PNG.encode(wide), try PNG.encode(grey)]
    }

    @Test(arguments: [1, 3]) func findsThePicturesOfAFont(indexFormat: Int) throws {
        let path = try folder.file("a.ttf", try font(try pictures(), indexFormat: indexFormat))
        let dataset = try BitmapFontDataset(path: path)
        #expect(dataset.count == 2)
        #expect(dataset.name(at: 1) == "glyph 7 of \(path)")
        let white: [UInt8] = [255, 255, 255]
        let row: [UInt8] = [9, 8, 7, 255, 255, 255, 244, 224, 204]  // the last pixel is four fifths white
        #expect(try dataset.image(at: 0).pixels == white + white + white + row + white + white + white)
        #expect(try dataset.image(at: 1).pixels == [17, 17, 17])
    }

    @Test func refusesOtherFiles() throws {
        let whole = try font(try pictures())
        #expect(throws: DataError.self) { try BitmapFontDataset(path: folder.path + "/none.ttf") }
        for count in [0, 3, 11, 40, 60, whole.count - 1] {
            let path = try folder.file("cut.ttf", Array(whole.prefix(count)))
            #expect(throws: DataError.self) { try BitmapFontDataset(path: path) }
        }
    }

    @Test func damagedFontsAreRefusedOrRead() throws {
        let whole = try font(try pictures())
        for place in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[place] ^= 1 << UInt8(bit)
                let path = try folder.file("damaged.ttf", bytes)
                guard let dataset = try? BitmapFontDataset(path: path) else { continue }
                for index in 0..<min(dataset.count, 4) { _ = try? dataset.image(at: index) }
            }
        }
    }
}
