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
            try Self.checkWritable(folder, flag: "--out")
        }
        var taken: [String: String] = [:]
        for (flag, path) in [("--grid", grid), ("--trajectory", trajectory), ("--apng", animation)] {
            guard let path else { continue }
            try Self.checkPNG(path, flag: flag)
            let full = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            if let other = taken[full] { throw UserError("\(other) and \(flag): both name \(path); give two files") }
            taken[full] = flag
        }
    }

    private static func checkPNG(_ path: String, flag: String) throws {
        let parent = (path as NSString).deletingLastPathComponent
        try checkWritable(parent.isEmpty ? "." : parent, flag: flag)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw UserError("\(flag): \(path) is a folder; name a file")
        }
        guard (path as NSString).pathExtension.lowercased() == "png" else {
            throw UserError("\(flag): \(path) does not end in .png; pictures are written as PNG")
        }
    }

    private static func checkWritable(_ folder: String, flag: String) throws {
        guard access(folder, F_OK) == 0 else {
            throw UserError("\(flag): the folder \(folder) does not exist; make it first")
        }
        guard access(folder, W_OK) == 0 else {
            throw UserError("\(flag): the folder \(folder) cannot be written to; check its permissions")
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
