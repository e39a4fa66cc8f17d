/// Moving pictures as animated PNG (PNG specification, third edition, section 11.3.6), which browsers play.
///
/// Programs that know nothing of animation show the first frame.
public enum AnimatedPNG {
    /// A picture and how long it stays.
    public struct Frame: Sendable, Equatable {
        public let image: ImageBuffer
        /// 0 to 65535.
        public let durationMilliseconds: Int

        public init(_ image: ImageBuffer, durationMilliseconds: Int) {
            require(
                (0...65_535).contains(durationMilliseconds),
                "a frame lasts 0 to 65535 milliseconds, not \(durationMilliseconds)")
            self.image = image
            self.durationMilliseconds = durationMilliseconds
        }
    }

    /// Writes a file; it appears complete or not at all.
    public static func write(_ frames: [Frame], to path: String, texts: [PNGText] = []) throws(ImageError) {
        let bytes = try encode(frames, texts: texts)
        do {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw .file(error)
        }
    }

    /// Encodes frames of one size and number of channels; they repeat for ever.
    ///
    /// - Parameter texts: what the file says about itself, as `PNG.encode` stores it.
    public static func encode(_ frames: [Frame], texts: [PNGText] = []) throws(ImageError) -> [UInt8] {
        guard let first = frames.first?.image else { throw .mismatch(reason: "an animation needs at least one frame") }
        for (index, frame) in frames.enumerated() {
            let image = frame.image
            guard (image.width, image.height, image.channels) == (first.width, first.height, first.channels) else {
                throw .mismatch(
                    reason: "frame \(index) of the animation is \(image.width)×\(image.height)×\(image.channels), "
                        + "the first is \(first.width)×\(first.height)×\(first.channels)")
            }
        }
        var file = PNGChunk.signature
        var sequence: UInt32 = 0
        for (index, frame) in frames.enumerated() {
            let chunks = PNGChunk.chunks(of: try PNG.encode(frame.image, texts: index == 0 ? texts : []))
            if index == 0 {
                let header = chunks.prefix { $0.type != "IDAT" }
                file += header.prefix(1).flatMap(\.bytes)
                file += PNGChunk("acTL", bigEndian(UInt32(frames.count)) + bigEndian(UInt32(0))).bytes
                file += header.dropFirst().flatMap(\.bytes)
            }
            file += control(frame, number: &sequence).bytes
            for chunk in chunks where chunk.type == "IDAT" {
                file += index == 0 ? chunk.bytes : data(chunk, number: &sequence).bytes
            }
        }
        return file + PNGChunk("IEND", []).bytes
    }

    /// fcTL: a frame that covers the whole picture and replaces what was there.
    private static func control(_ frame: Frame, number: inout UInt32) -> PNGChunk {
        defer { number += 1 }
        let size = bigEndian(UInt32(frame.image.width)) + bigEndian(UInt32(frame.image.height))
        let origin = bigEndian(UInt32(0)) + bigEndian(UInt32(0))
        let duration = bigEndian(UInt16(frame.durationMilliseconds)) + bigEndian(UInt16(1000))
        let (disposeNone, blendSource): (UInt8, UInt8) = (0, 0)
        return PNGChunk("fcTL", bigEndian(number) + size + origin + duration + [disposeNone, blendSource])
    }

    /// fdAT: the data of a frame behind its number.
    private static func data(_ chunk: PNGChunk, number: inout UInt32) -> PNGChunk {
        defer { number += 1 }
        return PNGChunk("fdAT", bigEndian(number) + chunk.data)
    }
}
