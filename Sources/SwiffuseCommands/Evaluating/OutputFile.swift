import Foundation
import Swiffuse

/// A file that a command is going to write at its end.
enum OutputFile {
    /// Finds out whether it can be written, before any work is done.
    ///
    /// - Parameters:
    ///   - flag: the flag that names it.
    ///   - extensions: endings that its name may have.
    static func check(_ path: String, flag: String, extensions: [String]) throws {
        guard extensions.contains((path as NSString).pathExtension.lowercased()) else {
            let known = extensions.map { "." + $0 }.joined(separator: " or ")
            throw UserError("\(flag): \(path) does not end in \(known)")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw UserError("\(flag): \(path) is a folder; name a file")
        }
        try refuseToReplaceARun(path)
        let parent = (path as NSString).deletingLastPathComponent
        try checkFolder(parent.isEmpty ? "." : parent, flag: flag)
    }

    /// Refuses the files that a run writes: they must not be lost to a slip of the fingers.
    static func refuseToReplaceARun(_ path: String) throws {
        let named = URL(fileURLWithPath: path).standardizedFileURL
        for file in [named, named.resolvingSymlinksInPath()] where isOfARun(file) {
            throw UserError("\(path) is the checkpoint of a run or another of its files; name another file to write")
        }
    }

    /// Whether a name is one that a run gives to its recipe, logs, checkpoints, averages and pictures.
    private static func isOfARun(_ file: URL) -> Bool {
        func hasRecipe(_ run: RunFolder) -> Bool { FileManager.default.fileExists(atPath: run.recipePath) }
        let parent = file.deletingLastPathComponent()
        let run = RunFolder(parent.path)
        let single = [run.checkpointPath, run.recipePath, run.logPath, run.validationPath, run.eventsPath]
        if single.contains(file.path) { return hasRecipe(run) }
        let outer = RunFolder(parent.deletingLastPathComponent().path)
        return [outer.checkpointsPath, outer.snapshotsPath, outer.samplesPath].contains(parent.path)
            && ["step-", "step_"].contains { file.lastPathComponent.hasPrefix($0) } && hasRecipe(outer)
    }

    /// Finds out whether files can be made in a folder.
    static func checkFolder(_ folder: String, flag: String) throws {
        guard access(folder, F_OK) == 0 else {
            throw UserError("\(flag): the folder \(folder) does not exist; make it first")
        }
        guard access(folder, W_OK) == 0 else {
            throw UserError("\(flag): the folder \(folder) cannot be written to; check its permissions")
        }
    }
}
