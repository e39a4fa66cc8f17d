import Foundation
import SwiffuseIO
import Testing

/// Hand-made pickles in hand-made zip files.
@Suite struct TorchFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }

    func joined(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

    func open(
        _ pickle: [UInt8], data: [UInt8] = [], checksum: (([UInt8]) -> UInt32)? = nil
    ) throws(CheckpointError) -> TorchFile {
        let bytes = StoredZip.bytes([("a/data.pkl", pickle), ("a/data/0", data)], checksum: checksum)
        guard let path = try? folder.file("model.pth", bytes) else { fatalError("cannot write a test file") }
        return try TorchFile(path: path)
    }

    func text(_ text: String) -> [UInt8] { joined([0x58], little(text.utf8.count, 4), Array(text.utf8)) }
    func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    func integer(_ value: Int) -> [UInt8] {
        Int32(exactly: value) == nil ? joined([0x8A, 8], little(value, 8)) : joined([0x4A], little(value, 4))
    }

    /// Pushes storage 0.
    func storage(_ type: String = "FloatStorage", count: Int) -> [UInt8] {
        joined(
            [0x28], text("storage"), global("torch", type), text("0"), text("cpu"), integer(count), [0x74, 0x51])
    }

    /// Pushes a tensor of two dimensions over `count` floats in storage 0.
    func tensor(count: Int, offset: Int = 0, shape: (Int, Int), strides: (Int, Int)) -> [UInt8] {
        joined(
            global("torch._utils", "_rebuild_tensor_v2"), [0x28], storage(count: count), integer(offset),
            integer(shape.0), integer(shape.1), [0x86], integer(strides.0), integer(strides.1), [0x86, 0x89],
            global("collections", "OrderedDict"), [0x29, 0x52, 0x74, 0x52])
    }

    /// {"w": value}
    func dictionary(_ value: [UInt8]) -> [UInt8] { joined([0x80, 2, 0x7D], text("w"), value, [0x73, 0x2E]) }

    let floats = (0..<6).flatMap { value in
        withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { [UInt8]($0) }
    }

    @Test func viewsAreGathered() throws {
        let file = try open(dictionary(tensor(count: 6, shape: (3, 2), strides: (1, 3))), data: floats)
        #expect(file.names == ["w"])
        #expect(try file.shape(of: "w") == [3, 2])
        #expect(try file.float32(of: "w") == [0, 3, 1, 4, 2, 5])
        let row = try open(dictionary(tensor(count: 6, offset: 2, shape: (1, 4), strides: (9, 1))), data: floats)
        #expect(try row.float32(of: "w") == [2, 3, 4, 5])
        let error = #expect(throws: CheckpointError.self) { try file.float32(of: "W") }
        #expect(error?.description.contains("did you mean 'w'") == true)
    }

    @Test func codeIsRefusedByName() throws {
        let marker = folder.path + "/ran"
        let command = joined([0x28], text("touch \(marker)"), [0x74, 0x52])
        for (module, name) in [("posix", "system"), ("os", "system"), ("builtins", "eval"), ("torch", "load")] {
            let error = #expect(throws: CheckpointError.self) {
                try open(dictionary(joined(global(module, name), command)))
            }
            #expect(error?.description.contains("\(module).\(name)") == true, "\(error?.description ?? "")")
        }
        let stackGlobal = joined(text("posix"), text("system"), [0x93], command)
        #expect(throws: CheckpointError.self) { try open(dictionary(stackGlobal)) }
        #expect(!FileManager.default.fileExists(atPath: marker))
    }

    @Test func impossibleTensorsAreRefused() throws {
        let shapes: [(count: Int, offset: Int, shape: (Int, Int), strides: (Int, Int))] = [
            (6, 0, (3, 3), (3, 1)), (6, 5, (1, 2), (1, 1)), (6, -1, (1, 1), (1, 1)), (6, 0, (-1, 2), (1, 1)),
            (6, 0, (2, 2), (-1, 1)), (7, 0, (1, 7), (7, 1)), (6, 0, (0x7FFF_FFFF, 0x7FFF_FFFF), (0, 0)),
            (6, 0, (0x7FFF_FFFF, 2), (0x7FFF_FFFF, 1)), (6, 0, (0x4000_0000, 1), (0, 0)),
            (1 << 60, 0, (1, 2), (1, 1)), (Int.max, 0, (3, 1), (1 << 61, 1)),
        ]
        for (count, offset, shape, strides) in shapes {
            let pickle = dictionary(tensor(count: count, offset: offset, shape: shape, strides: strides))
            #expect(throws: CheckpointError.self, "\(shape) \(strides)") { try open(pickle, data: floats) }
        }
    }

    @Test func damagedStoragesAreFound() throws {
        let pickle = dictionary(tensor(count: 6, shape: (3, 2), strides: (2, 1)))
        let file = try open(pickle, data: floats) { bytes in StoredZip.crc32(bytes) ^ 1 }
        let error = #expect(throws: CheckpointError.self) { try file.float32(of: "w") }
        #expect(error?.description.contains("checksum") == true)
    }

    @Test func bombsAreRefused() throws {
        // Each list holds the one before twice: 2⁴⁰ members in all.
        var sharing: [UInt8] = [0x80, 2, 0x5D, 0x71, 0]
        for level in 1...40 {
            sharing += [0x28, 0x68, UInt8(level - 1), 0x68, UInt8(level - 1), 0x6C, 0x71, UInt8(level)]
        }
        #expect(throws: CheckpointError.self) { try open(sharing + [0x2E]) }
        let marks = [UInt8](repeating: 0x28, count: 1_000_000)
        let lists = [UInt8](repeating: 0x6C, count: 1_000_000)
        #expect(throws: CheckpointError.self) { try open(joined([0x80, 2], marks, lists, [0x2E])) }
        #expect(throws: CheckpointError.self) { try open([0x80, 2, 0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E]) }  // holds itself
        let huge: [[UInt8]] = [
            [0x58, 255, 255, 255, 127], joined([0x8E], little(1 << 62, 8)), [0x8B, 255, 255, 255, 127],
            [0x42, 0, 0, 0, 128],
        ]
        for opcode in huge { #expect(throws: CheckpointError.self) { try open(joined([0x80, 2], opcode, [0x2E])) } }
        // One list of 100,000 members, made a set again and again.
        let members = [UInt8](repeating: 0x4E, count: 100_000)
        var copies = joined(
            [0x80, 2, 0x5D, 0x71, 0, 0x28], members, [0x65, 0x30], global("builtins", "set"), [0x71, 1, 0x30])
        for _ in 0..<1000 { copies += [0x68, 1, 0x68, 0, 0x85, 0x52, 0x28, 0x4E, 0x90, 0x30] }
        #expect(throws: CheckpointError.self) { try open(copies + [0x4E, 0x2E]) }
    }

    @Test func manyViewsOfOneStorageAreRefused() throws {
        // 256 KiB that stand for 768 KiB, as tied weights do, or for 25 MiB.
        let data = [UInt8](repeating: 0, count: 1 << 18)
        for (strides, count, isRead) in [((256, 1), 3, true), ((256, 1), 100, false), ((0, 0), 100, false)] {
            let view = tensor(count: 1 << 16, shape: (256, 256), strides: strides)
            let items = (0..<count).flatMap { text("w\($0)") + view }
            let pickle = joined([0x80, 2, 0x7D, 0x28], items, [0x75, 0x2E])
            guard isRead else {
                let error = #expect(throws: CheckpointError.self) { try open(pickle, data: data) { _ in 0 } }
                #expect(error?.description.contains("share their numbers") == true)
                continue
            }
            #expect(try open(pickle, data: data) { _ in 0 }.names.count == count)
        }
    }

    @Test func smallPicklesDoNotFillTheMemory() throws {
        // A few bytes of memory for each of 2²² instructions, a path of 4000 bytes for each member of a list, a text of
        // a million letters encoded again and again, and objects that share many attributes until each gets one more.
        let nothing = [UInt8](repeating: 0x4E, count: 1 << 22 + 1)
        let key = text(String(repeating: "k", count: 4000))
        let members = [UInt8](repeating: 0x4E, count: 50_000)
        var encodings = joined(
            [0x80, 2], text(String(repeating: "a", count: 1 << 20)), [0x71, 0, 0x30], text("latin1"), [0x71, 1, 0x30],
            global("_codecs", "encode"), [0x71, 2, 0x30])
        for _ in 0..<20 { encodings += [0x68, 2, 0x68, 0, 0x68, 1, 0x86, 0x52, 0x30] }
        let pairs = (0..<100_000).flatMap { _ -> [UInt8] in [0x68, 1, 0x68, 1] }
        var objects = joined(
            [0x80, 2], global("argparse", "Namespace"), [0x71, 0, 0x4E, 0x71, 1, 0x7D, 0x71, 2, 0x28], pairs,
            [0x75, 0x30, 0x30, 0x30])
        for _ in 0..<200 { objects += [0x68, 0, 0x29, 0x52, 0x68, 2, 0x62, 0x68, 1, 0x68, 1, 0x73, 0x30] }
        for (pickle, words) in [
            (joined([0x80, 2], nothing, [0x2E]), "instructions"),
            (joined([0x80, 2, 0x7D], key, [0x28], members, [0x6C, 0x73, 0x2E]), "nested"),
            (joined(encodings, [0x4E, 0x2E]), "copies"), (joined(objects, [0x4E, 0x2E]), "copies"),
        ] {
            let error = #expect(throws: CheckpointError.self) { try open(pickle) { _ in 0 } }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
    }

    @Test func plainContainersAndNumbersAreRead() throws {
        let namespace =
            joined(
                global("argparse", "Namespace"), [0x29, 0x81, 0x7D], text("lr"),
                [0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0x73, 0x62])
        let file = try open(dictionary(joined([0x28, 0x4B, 7, 0x8A, 2, 0, 255, 0x88, 0x4E], namespace, [0x6C])))
        let values: [String: TorchScalar] = Dictionary(uniqueKeysWithValues: file.scalars.map { ($0.name, $0.value) })
        #expect(
            values == [
                "w/0": .integer(7), "w/1": .integer(-256), "w/2": .bool(true), "w/3": .none, "w/4/lr": .float(1.5),
            ])
    }

    @Test func theFirstBytesTellTheFormat() throws {
        let legacy: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]
        // A header of 640 bytes, whose length begins as a pickle does.
        let safetensors = joined(little(640, 8), Array("{".utf8))
        let files: [(String, [UInt8], Bool)] = [
            ("a.weights", legacy, true), ("a.weights", [0x50, 0x4B, 3, 4], true), ("a.pth", safetensors, false),
            ("a.safetensors", safetensors, false), ("a.ckpt", Array("text".utf8), true), ("a", [], false),
        ]
        for (name, bytes, isTorch) in files {
            #expect(try TensorFiles.isTorch(try folder.file(name, bytes)) == isTorch, "\(name) \(bytes)")
        }
    }

    @Test func fewPrefixesAreTried() {
        let model = ["a.weight", "bias", "c"]
        for (count, found) in [(63, ["real."]), (64, [String]())] {
            let names = (0..<count).map { "p\($0).a.weight" } + model.map { "real." + $0 }
            #expect(TensorPrefixes.holding(model, in: names) == found)
        }
    }

    @Test func otherFilesAreNotPyTorchFiles() throws {
        for bytes: [UInt8] in [
            [], [1, 2, 3], Array("PK\u{3}\u{4}".utf8), StoredZip.bytes([("a/other", [1])]), [0x80, 2, 0x4E, 0x2E],
        ] {
            let path = try folder.file("x.pt", bytes)
            let error = #expect(throws: CheckpointError.self) { try TorchFile(path: path) }
            #expect(error?.description.contains("x.pt") == true)
        }
    }

    @Test(arguments: [
        ("<!DOCTYPE html>\n<html>", "it is a text that begins with '<!DOCTYPE html>'"),
        ("root:x:0:0:root:/root:/bin/bash\n", "it is a text that begins with 'root:x:0:0:root:/root:/bin/bash'"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d", "a pointer of git-lfs, not the file itself"),
        ("\u{1B}]0;title", "it begins with the bytes 1B 5D 30 3B"), ("", "it is empty"),
    ])
    func filesOfAnotherKindAreToldByTheirBeginning(_ contents: String, _ words: String) throws {
        let path = try folder.file("x.pt", Array(contents.utf8))
        let error = #expect(throws: CheckpointError.self) { try TorchFile(path: path) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func controlCharactersDoNotReachTheTerminal() throws {
        let file = try open(dictionary(tensor(count: 6, shape: (3, 2), strides: (1, 3))), data: floats)
        let error = #expect(throws: CheckpointError.self) { try file.float32(of: "\u{1B}[2J\n\u{202E}é") }
        #expect(error?.description.contains("'\\u{1B}[2J\\u{A}\\u{202E}é'") == true, "\(error?.description ?? "")")
    }
}
