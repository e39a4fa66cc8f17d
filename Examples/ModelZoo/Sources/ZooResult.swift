import Foundation
import Swiffuse

/// What a family came to: one row of the table, kept beside its run.
struct ZooResult: Codable, Equatable {
    let preset: String
    let minutes: Double
    let parameterCount: Int
    let updates: Int
    /// While training.
    let imagesPerSecond: Double
    /// While drawing with the recipe's solver and guidance.
    let picturesPerSecond: Double
    /// Fréchet distance of the samples, as the judge sees them.
    let frechet: Double
    /// How many samples it saw.
    let sampleCount: Int

    /// The row kept in a file; nil if there is none, or a damaged one.
    init?(file: String) {
        guard let data = FileManager.default.contents(atPath: file),
            let result = try? JSONDecoder().decode(ZooResult.self, from: data)
        else { return nil }
        self = result
    }

    init(
        preset: String, minutes: Double, parameterCount: Int, updates: Int, imagesPerSecond: Double,
        picturesPerSecond: Double, frechet: Double, sampleCount: Int
    ) {
        self.preset = preset
        self.minutes = minutes
        self.parameterCount = parameterCount
        self.updates = updates
        self.imagesPerSecond = imagesPerSecond
        self.picturesPerSecond = picturesPerSecond
        self.frechet = frechet
        self.sampleCount = sampleCount
    }

    func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(Array(try encoder.encode(self)), to: file)
    }
}
