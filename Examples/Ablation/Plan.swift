import Foundation
import Swiffuse

/// How long every run trains, fixed when a study begins, so that going on later changes nothing.
struct Plan: Codable {
    let steps: Int
    let seeds: Int
    let sampleCount: Int

    /// What the user asks for; nil where nothing was said.
    struct Wishes {
        var steps: Int?
        var seeds: Int?
        var samples: Int?
    }

    /// Why a study cannot go on as asked.
    struct Conflict: Error, CustomStringConvertible {
        let path: String
        let name: String
        let planned: Int
        let wanted: Int
        var description: String {
            "\(path): this study was begun with \(planned) \(name), not \(wanted); leave the option out to go on, or begin "
                + "another with --out"
        }
    }

    /// Reads the folder's plan, or makes one that fits into the budget.
    ///
    /// - Parameter estimate: seconds of an update with all losses and of a sample.
    /// - Throws: `Conflict` if the folder's plan is another.
    init(
        in folder: String, runCount: Int, wishes: Wishes, budget: Duration,
        estimate: () throws -> (update: Double, sample: Double)
    ) throws {
        let path = folder + "/plan.json"
        if let data = FileManager.default.contents(atPath: path) {
            self = try JSONDecoder().decode(Plan.self, from: data)
            let pairs = [
                ("updates", steps, wishes.steps), ("seeds", seeds, wishes.seeds),
                ("samples", sampleCount, wishes.samples),
            ]
            for (name, planned, wanted) in pairs {
                if let wanted, wanted != planned {
                    throw Conflict(path: path, name: name, planned: planned, wanted: wanted)
                }
            }
            return
        }
        seeds = wishes.seeds ?? 3
        sampleCount = wishes.samples ?? 1000
        if let wanted = wishes.steps {
            steps = wanted
        } else {
            let (update, sample) = try estimate()
            // A tenth is for encoders and what cannot be foreseen.
            let perRun = budget / .seconds(1) * 0.9 / Double(runCount * seeds) - sample * Double(sampleCount)
            steps = max(100, Int(perRun / update / 50) * 50)
        }
        try AtomicFile.write(Array(try JSONEncoder().encode(self)), to: path)
    }
}
