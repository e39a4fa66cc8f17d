import Foundation
import Swiffuse

/// How long every run trains, fixed when a study begins, so that going on later changes nothing.
struct Plan: Codable {
    let steps: Int
    let seeds: Int
    let sampleCount: Int

    /// Reads the folder's plan, or makes one that fits into the budget.
    ///
    /// - Parameter estimate: seconds of an update with all losses and of a sample.
    init(
        in folder: String, runCount: Int, seeds: Int, samples: Int, steps wanted: Int?, budget: Duration,
        estimate: () throws -> (update: Double, sample: Double)
    ) throws {
        let path = folder + "/plan.json"
        if let data = FileManager.default.contents(atPath: path) {
            self = try JSONDecoder().decode(Plan.self, from: data)
            return
        }
        if let wanted {
            steps = wanted
        } else {
            let (update, sample) = try estimate()
            // A tenth is for encoders and what cannot be foreseen.
            let perRun = budget / .seconds(1) * 0.9 / Double(runCount * seeds) - sample * Double(samples)
            steps = max(100, Int(perRun / update / 50) * 50)
        }
        self.seeds = seeds
        sampleCount = samples
        try AtomicFile.write(Array(try JSONEncoder().encode(self)), to: path)
    }
}
