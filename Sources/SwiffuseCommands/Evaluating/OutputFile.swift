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
        let parent = (path as NSString).deletingLastPathComponent
        try checkFolder(parent.isEmpty ? "." : parent, flag: flag)
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
