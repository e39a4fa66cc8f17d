import Foundation
import Swiffuse

/// What a family came to: one row of the table, kept beside its run.
struct ZooResult: Codable, Equatable {
    let preset: String
    let parameterCount: Int
    let updates: Int
    /// While training.
    let imagesPerSecond: Double
    /// While drawing with the recipe's solver and guidance.
    let picturesPerSecond: Double
    /// Fréchet distance of the samples, as the judge sees them.
    let frechet: Double

    /// The row kept in a file; nil if there is none, or a damaged one.
    init?(file: String) {
        guard let data = FileManager.default.contents(atPath: file),
            let result = try? JSONDecoder().decode(ZooResult.self, from: data)
        else { return nil }
        self = result
    }

    init(
        preset: String, parameterCount: Int, updates: Int, imagesPerSecond: Double, picturesPerSecond: Double,
        frechet: Double
    ) {
        self.preset = preset
        self.parameterCount = parameterCount
        self.updates = updates
        self.imagesPerSecond = imagesPerSecond
        self.picturesPerSecond = picturesPerSecond
        self.frechet = frechet
    }

    func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(Array(try encoder.encode(self)), to: file)
    }
}
