import Foundation
import SwiffuseIO
import Testing

@Suite struct FileToolTests {
    @Test func checksumsAreThoseOfTheStandard() throws {
        // FIPS 180-4, examples.
        for (text, expected) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ] {
            var hash = SHA256()
            for byte in text.utf8 { withUnsafeBytes(of: byte) { hash.add($0) } }
            #expect(hash.hexadecimal == expected)
        }
        let folder = try TemporaryFolder()
        let path = try folder.file("a", [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(
            try SHA256.hexadecimal(ofFile: path) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func aFailedAppendLeavesTheFileAsItWas() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("log", [1, 2])
        try AppendedFile.append([3], to: path)
        #expect(try FileContents.read(path) == [1, 2, 3])
        #expect(throws: FileError(.write, path: "/dev/full", code: ENOSPC)) {
            try AppendedFile.append([4], to: "/dev/full")
        }
        #expect(throws: FileError(.write, path: folder.path + "/none", code: ENOENT)) {
            try AppendedFile.append([4], to: folder.path + "/none")
        }
    }

    @Test func onlyAbandonedTemporariesAreRemoved() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file(".swiffuse-77-abc.tmp", [1])
        _ = try folder.file("kept.tmp", [1])
        var busy = try AtomicFile(path: folder.path + "/b")
        #expect(try AtomicFile.removeAbandoned(in: folder.path) == 1)
        try busy.write([5])
        try busy.commit()
        #expect(try folder.contents == ["b", "kept.tmp"])
        #expect(try AtomicFile.removeAbandoned(in: folder.path + "/none") == 0)
    }

    @Test func aFolderIsClaimedOnce() throws {
        let folder = try TemporaryFolder()
        var claim: FolderLock? = try FolderLock.claim(folder.path).get()
        #expect(throws: FolderLock.Taken(owner: getpid())) { try FolderLock.claim(folder.path).get() }
        #expect(claim != nil)
        claim = nil
        _ = try FolderLock.claim(folder.path).get()
    }

    @Test func copiesAreWhole() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try AtomicFile.copy(try folder.file("a", bytes), to: folder.path + "/b")
        #expect(try FileContents.read(folder.path + "/b") == bytes)
    }

    @Test func heldOutPicturesDependOnTheCountsAlone() {
        let split = HeldOutSplit(holdingOut: 7, of: 31)
        #expect(split == HeldOutSplit(holdingOut: 7, of: 31))
        #expect(split.validation.count == 7)
        #expect((split.training + split.validation).sorted() == Array(0..<31))
        #expect(split.validation != Array(0..<7))
        // More held out means the same pictures and others.
        #expect(Set(HeldOutSplit(holdingOut: 9, of: 31).validation).isSuperset(of: split.validation))
    }
}
