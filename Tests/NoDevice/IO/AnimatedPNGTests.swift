import SwiffuseIO
import Testing

@Suite struct AnimatedPNGTests {
    private struct Chunk {
        let type: String
        let data: [UInt8]
    }

    /// CRC-32 bit by bit, as the specification's annex states it.
    private func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var register: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? (register >> 1) ^ 0xEDB8_8320 : register >> 1 }
        }
        return ~register
    }

    private func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// The chunks of a file, each with a checked checksum, nothing left over.
    private func chunks(of file: [UInt8]) throws -> [Chunk] {
        #expect(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        var position = 8
        var chunks: [Chunk] = []
        while position < file.count {
            try #require(position + 12 <= file.count)
            let end = position + 8 + number(file[position..<position + 4])
            try #require(end + 4 <= file.count)
            #expect(number(file[end..<end + 4]) == Int(checksum(file[position + 4..<end])))
            chunks.append(
                Chunk(
                    type: String(decoding: file[position + 4..<position + 8], as: UTF8.self),
                    data: Array(file[position + 8..<end])))
            position = end + 4
        }
        return chunks
    }

    private func bytes(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    /// A frame on its own, as an ordinary PNG.
    private func picture(header: Chunk, data: [UInt8]) throws -> ImageBuffer {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        for (type, data) in [("IHDR", header.data), ("IDAT", data), ("IEND", [])] {
            let body = Array(type.utf8) + data
            file += bytes(data.count) + body + bytes(Int(checksum(body)))
        }
        return try PNG.decode(file).image
    }

    private func image(_ seed: Int, channels: Int = 3) -> ImageBuffer {
        let pixels = (0..<7 * 13 * channels).map { UInt8(truncatingIfNeeded: ($0 * 37 + seed * 101) ^ ($0 >> 3)) }
        return ImageBuffer(width: 13, height: 7, channels: channels, pixels: pixels)
    }

    @Test(arguments: [1, 3, 4]) func framesAreStoredInOrderWithTheirDurations(_ channels: Int) throws {
        let frames = (0..<4).map { AnimatedPNG.Frame(image($0, channels: channels), durationMilliseconds: 40 + $0) }
        let chunks = try chunks(of: try AnimatedPNG.encode(frames, texts: [PNGText("Software", "Swiffuse")]))
        #expect(chunks.first?.type == "IHDR" && chunks.last?.type == "IEND")
        #expect(
            chunks.map(\.type).filter { $0 != "IDAT" && $0 != "fdAT" } == [
                "IHDR", "acTL", "tEXt", "fcTL", "fcTL", "fcTL", "fcTL", "IEND",
            ])
        let control = try #require(chunks.first { $0.type == "acTL" })
        #expect(control.data == bytes(4) + bytes(0))
        var sequence = 0
        var shown: [[UInt8]] = []
        for chunk in chunks {
            switch chunk.type {
            case "fcTL":
                let place = bytes(sequence) + bytes(13) + bytes(7) + bytes(0) + bytes(0)
                #expect(chunk.data == place + [0, UInt8(40 + shown.count), 0x03, 0xE8, 0, 0])
                sequence += 1
                shown.append([])
            case "IDAT":
                #expect(shown.count == 1)
                shown[shown.count - 1] += chunk.data
            case "fdAT":
                #expect(shown.count > 1 && Array(chunk.data.prefix(4)) == bytes(sequence))
                sequence += 1
                shown[shown.count - 1] += chunk.data.dropFirst(4)
            default: break
            }
        }
        #expect(try shown.map { try picture(header: chunks[0], data: $0) } == frames.map(\.image))
    }

    @Test func programsWithoutAnimationSeeTheFirstFrame() throws {
        let frames = (0..<3).map { AnimatedPNG.Frame(image($0), durationMilliseconds: 100) }
        let picture = try PNG.decode(try AnimatedPNG.encode(frames, texts: [PNGText("parameters", "steps: 3")]))
        #expect(picture.image == image(0))
        #expect(picture.texts == [PNGText("parameters", "steps: 3")])
    }

    @Test func framesOfDifferentSizesAreRefused() {
        #expect(throws: ImageError.self) { try AnimatedPNG.encode([]) }
        let other = ImageBuffer(width: 7, height: 13, channels: 3, filledWith: 0)
        let error = #expect(throws: ImageError.self) {
            try AnimatedPNG.encode([image(0), other].map { .init($0, durationMilliseconds: 1) })
        }
        #expect(error?.description.contains("frame 1") == true)
    }
}
