import Swiffuse

/// How many pictures are drawn at once.
enum SamplingBatch {
    /// As many as have about half a million values together, 1 to 64.
    static func automatic(for image: ImageSpec) -> Int { min(64, max(1, (1 << 19) / image.valueCount)) }
}
