import Foundation
import Swiffuse

/// How many updates of each family fit into the same time, fixed when the zoo begins: going on later, or on a busy
/// machine, changes nothing.
struct ZooPlan: Codable {
    /// Seconds of an update, by the name of the preset.
    private var secondsPerUpdate: [String: Double] = [:]

    private static let rounds = 3

    /// Reads the folder's plan, and measures the families that it does not know, in turns, so that what else the machine
    /// does meets all of them alike.
    init(_ recipes: [(name: String, recipe: Recipe)], in folder: String, registry: Registry, on device: any Device)
        throws
    {
        let path = folder + "/plan.json"
        if let data = FileManager.default.contents(atPath: path) {
            self = try JSONDecoder().decode(ZooPlan.self, from: data)
        }
        let unknown = recipes.filter { secondsPerUpdate[$0.name] == nil }
        if unknown.isEmpty { return }
        var times: [String: [Double]] = [:]
        for _ in 0..<Self.rounds {
            for (name, recipe) in unknown {
                let time = try TrainingLoop.secondsPerUpdate(of: recipe, registry: registry, on: device, updates: 8)
                times[name, default: []].append(time)
            }
        }
        for (name, times) in times { secondsPerUpdate[name] = times.sorted()[Self.rounds / 2] }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(Array(try JSONEncoder().encode(self)), to: path)
    }

    /// Updates of a family in some minutes.
    func updates(of name: String, minutes: Double) -> Int {
        max(2, Int(minutes * 60 / (secondsPerUpdate[name] ?? .infinity)))
    }

    /// Images that a family sees in a second of training.
    func imagesPerSecond(of name: String, _ training: TrainingConfiguration) -> Double {
        Double(training.batchSize * training.accumulation) / (secondsPerUpdate[name] ?? .infinity)
    }
}
