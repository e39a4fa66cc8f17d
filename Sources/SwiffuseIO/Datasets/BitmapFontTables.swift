/// Finds the pictures of a font by its tables CBLC (where they are) and CBDT (the pictures). All numbers are big endian.
struct BitmapFontTables {
    /// A picture and the glyph that it shows.
    struct Glyph: Sendable {
        let number: Int
        /// Where its PNG lies in the file.
        let png: Range<Int>
    }

    private static let maximumGlyphCount = 65_536

    private let file: MappedFile
    private let locations: Range<Int>
    private let pictures: Range<Int>

    /// - Throws: `DataError.malformed` if the file is no font or lacks a table.
    init(_ file: MappedFile) throws(DataError) {
        self.file = file
        let tableCount = try Self.number(file, at: 4, 2)
        var found: [String: Range<Int>] = [:]
        for index in 0..<tableCount {
            let record = 12 + 16 * index
            guard record + 16 <= file.byteCount else { throw Self.malformed(file, "its list of tables is cut short") }
            let tag = file.withBytes(in: record..<record + 4) { String(decoding: $0, as: UTF8.self) }
            let (start, count) = (try Self.number(file, at: record + 8, 4), try Self.number(file, at: record + 12, 4))
            guard start <= file.byteCount, count <= file.byteCount - start else {
                throw Self.malformed(file, "its table \(tag) ends outside the file")
            }
            found[tag] = start..<start + count
        }
        guard let locations = found["CBLC"], let pictures = found["CBDT"] else {
            throw Self.malformed(file, "it is no font with the tables CBLC and CBDT")
        }
        self.locations = locations
        self.pictures = pictures
    }

    /// The pictures of the first size that the font has, in the order of the glyphs' numbers.
    func glyphs() throws(DataError) -> [Glyph] {
        guard try location(4, 4) > 0 else { return [] }
        let arrayStart = try location(8, 4)
        let arrayCount = try location(16, 4)
        var glyphs: [Glyph] = []
        for index in 0..<min(arrayCount, Self.maximumGlyphCount) {
            let entry = arrayStart + 8 * index
            let (first, last) = (try location(entry, 2), try location(entry + 2, 2))
            guard first <= last, glyphs.count <= Self.maximumGlyphCount else {
                throw Self.malformed(file, "its glyphs are not in order")
            }
            try append(first: first, last: last, at: arrayStart + (try location(entry + 4, 4)), to: &glyphs)
        }
        return glyphs
    }

    /// - Parameter start: of the index of some glyphs.
    private func append(first: Int, last: Int, at start: Int, to glyphs: inout [Glyph]) throws(DataError) {
        let (indexFormat, imageFormat) = (try location(start, 2), try location(start + 2, 2))
        let data = try location(start + 4, 4)
        switch indexFormat {
        case 1, 3:
            let size = indexFormat == 1 ? 4 : 2
            for glyph in first...last {
                let place = start + 8 + size * (glyph - first)
                let (begin, end) = (try location(place, size), try location(place + size, size))
                if end > begin { glyphs.append(try picture(of: glyph, at: data + begin, format: imageFormat)) }
            }
        case 2:
            let size = try location(start + 8, 4)
            for glyph in first...last {
                glyphs.append(try picture(of: glyph, at: data + size * (glyph - first), format: imageFormat))
            }
        case 4:
            for pair in 0..<min(try location(start + 8, 4), Self.maximumGlyphCount) {
                let place = start + 12 + 4 * pair
                glyphs.append(
                    try picture(
                        of: try location(place, 2), at: data + (try location(place + 2, 2)), format: imageFormat))
            }
        case 5:
            let size = try location(start + 8, 4)
            for index in 0..<min(try location(start + 20, 4), Self.maximumGlyphCount) {
                glyphs.append(
                    try picture(
                        of: try location(start + 24 + 2 * index, 2), at: data + size * index, format: imageFormat))
            }
        default: throw Self.malformed(file, "its index has the unknown format \(indexFormat)")
        }
    }

    /// - Parameter offset: of the picture's record in CBDT.
    private func picture(of glyph: Int, at offset: Int, format: Int) throws(DataError) -> Glyph {
        let metricsByteCount =
            switch format {
            case 17: 5
            case 18: 8
            case 19: 0
            default: throw Self.malformed(file, "its glyph \(glyph) has the format \(format), which is no PNG")
            }
        let length = try Self.number(file, at: pictures.lowerBound + offset + metricsByteCount, 4)
        let start = pictures.lowerBound + offset + metricsByteCount + 4
        guard start <= pictures.upperBound, length <= pictures.upperBound - start else {
            throw Self.malformed(file, "its glyph \(glyph) ends outside the table")
        }
        return Glyph(number: glyph, png: start..<start + length)
    }

    /// A number in CBLC.
    private func location(_ offset: Int, _ byteCount: Int) throws(DataError) -> Int {
        guard offset >= 0, offset <= locations.count - byteCount else {
            throw Self.malformed(file, "its table CBLC is cut short")
        }
        return try Self.number(file, at: locations.lowerBound + offset, byteCount)
    }

    private static func number(_ file: MappedFile, at offset: Int, _ byteCount: Int) throws(DataError) -> Int {
        guard offset >= 0, offset <= file.byteCount - byteCount else { throw malformed(file, "it is cut short") }
        return file.withBytes(in: offset..<offset + byteCount) { $0.reduce(0) { $0 << 8 | Int($1) } }
    }

    private static func malformed(_ file: MappedFile, _ reason: String) -> DataError {
        .malformed(path: file.path, reason: reason)
    }
}
