import Foundation
import Swiffuse

/// What all rows of a table have in common.
struct ZooSettings: Codable, Equatable, CustomStringConvertible {
    /// Why a zoo cannot go on in a folder.
    struct Mismatch: Error, CustomStringConvertible {
        let folder: String
        let earlier: ZooSettings
        var description: String {
            "\(folder) was begun with \(earlier); go on with these, or name another folder with --out"
        }
    }

    let minutes: Double
    let batch: Int
    let samples: Int
    let judgeSteps: Int

    var description: String {
        "--minutes \(minutes.formatted()) --batch \(batch) --samples \(samples) --judge-steps \(judgeSteps)"
    }

    /// Writes the settings into a new folder, or compares them with those there.
    func settle(in folder: String) throws {
        let path = folder + "/settings.json"
        if let data = FileManager.default.contents(atPath: path) {
            let earlier = try JSONDecoder().decode(ZooSettings.self, from: data)
            guard earlier == self else { throw Mismatch(folder: folder, earlier: earlier) }
            return
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(Array(try JSONEncoder().encode(self)), to: path)
    }
}
