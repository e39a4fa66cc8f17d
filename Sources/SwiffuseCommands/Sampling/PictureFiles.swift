import Foundation
import Swiffuse

/// Where drawn pictures go: one file each, a grid, or both.
struct PictureFiles {
    /// The most pictures that a grid may show.
    static let gridLimit = 10_000

    let folder: String?
    let grid: String?
    var trajectory: String?
    var animation: String?
    /// All pictures as one array, for the ADM suite.
    var npz: String?

    /// Whether the states between noise and picture are wanted.
    var needsSteps: Bool { trajectory != nil || animation != nil }

    /// Makes the folder and finds out whether everything can be written, before any work is done.
    func prepare() throws {
        if let folder {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw UserError("--out: cannot make the folder \(folder); check the path and its permissions")
            }
            try OutputFile.checkFolder(folder, flag: "--out")
        }
        var taken: [String: String] = [:]
        let files = [("--grid", grid), ("--trajectory", trajectory), ("--apng", animation), ("--npz", npz)]
        for (flag, path) in files {
            guard let path else { continue }
            try OutputFile.check(path, flag: flag, extensions: flag == "--npz" ? ["npz"] : ["png"])
            let full = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            if let other = taken[full] { throw UserError("\(other) and \(flag): both name \(path); give two files") }
            taken[full] = flag
        }
    }

    /// The file of one picture.
    func path(seed: Int, label: Int?, in folder: String) -> String {
        let number = String(seed)
        let padded = String(repeating: "0", count: max(0, 6 - number.count)) + number
        return "\(folder)/seed-\(padded)" + (label.map { "-class-\($0)" } ?? "") + ".png"
    }

    /// Columns of a grid: one per class where the classes make full rows, else about as many as rows.
    static func columns(count: Int, classCount: Int) -> Int {
        if (2...32).contains(classCount) && count > classCount && count % classCount == 0 { return classCount }
        return max(1, Int(Double(count).squareRoot().rounded(.up)))
    }
}
