import Foundation
import SwiffuseIO
import Testing

@Suite struct AtomicFileTests {
    @Test func committedFileHasAllPieces() throws {
        let folder = try TemporaryFolder()
        var file = try AtomicFile(path: "\(folder.path)/a.bin")
        try file.write([1, 2, 3])
        try file.write([])
        try file.write([UInt8](repeating: 9, count: 100_003))
        #expect(try !folder.contents.contains("a.bin"))
        try file.commit()
        #expect(try FileContents.read("\(folder.path)/a.bin") == [1, 2, 3] + [UInt8](repeating: 9, count: 100_003))
        #expect(try folder.contents == ["a.bin"])
    }

    @Test func abandonedFileLeavesTargetUntouched() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.bin", [7])
        do {
            var file = try AtomicFile(path: path)
            try file.write([1, 2, 3])
        }
        #expect(try FileContents.read(path) == [7])
        #expect(try folder.contents == ["a.bin"])
    }

    @Test func fullDiskIsTypedErrorAndRemovesTemporary() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.bin", [7])
        let temporary = try folder.file("a.tmp", [])
        let error = #expect(throws: FileError.self) {
            var file = AtomicFile(path: path, temporaryPath: temporary, descriptor: open("/dev/full", O_WRONLY))
            try file.write([1, 2, 3])
            try file.commit()
        }
        #expect(error == FileError(.write, path: path, code: ENOSPC))
        #expect(error?.description.contains("No space left on device") == true)
        #expect(try FileContents.read(path) == [7])
        #expect(try folder.contents == ["a.bin"])
    }

    @Test func missingFolderIsTypedError() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/absent/a.bin"
        #expect(throws: FileError(.create, path: path, code: ENOENT)) { try AtomicFile.write([1], to: path) }
    }

    @Test func foldersAndDevicesAreNotReplaced() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError(.write, path: folder.path, code: EISDIR)) {
            try AtomicFile.write([1], to: folder.path)
        }
        #expect(throws: FileError(.write, path: "/dev/null", code: EINVAL)) {
            try AtomicFile.write([1], to: "/dev/null")
        }
    }

    @Test func linkIsFollowedAndPermissionsStay() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("real.bin", [7])
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let link = "\(folder.path)/link.bin"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try AtomicFile.write([1, 2], to: link)
        #expect(try FileContents.read(path) == [1, 2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode == 0o640)
    }

    @Test func pipesAreRefusedWithoutWaiting() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: FileError(.read, path: path, code: EINVAL)) { try FileContents.read(path) }
        #expect(throws: CheckpointError.file(FileError(.open, path: path, code: EINVAL))) {
            try SafetensorsFile(path: path)
        }
        #expect(throws: FileError(.write, path: path, code: EINVAL)) { try AtomicFile.write([1], to: path) }
    }

    @Test func readingIsBounded() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.bin", [1, 2, 3])
        #expect(throws: FileError(.read, path: path, code: EFBIG)) {
            try FileContents.read(path, maximumByteCount: 2)
        }
    }
}
