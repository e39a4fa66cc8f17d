import Foundation
import SwiffuseIO
import Testing

@Suite struct NPZTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func readsWhatNumPySaves() throws {
        let file = try NPZFile(path: Fixtures.path("stored.npz"))
        #expect(file.headers["arr_0"] == NPYHeader(.uint8, shape: [3, 4, 5, 3]))
        #expect(file.headers["sigma"] == NPYHeader(.float64, shape: [3, 3]))
        #expect(try file.float64("mu") == [0, 1.0 / 7, 2.0 / 7])
        #expect(try file.float64("sigma") == (0..<9).map(Double.init))
        // numpy.random.RandomState(0).randint(0, 256, …)
        #expect(try file.float64("arr_0").prefix(4) == [172, 47, 117, 192])
    }

    @Test func readsCompressedArraysPieceByPiece() throws {
        let file = try NPZFile(path: Fixtures.path("compressed.npz"))
        #expect(try file.float64("wide") == (0..<100).map(Double.init))
        #expect(try file.float64("f") == [1.5, -2])
        var reader = try file.reader("arr_0")
        var bytes: [UInt8] = []
        while reader.remainingByteCount > 0 { bytes += try reader.read(7) }
        #expect(bytes == Array(0..<60))
        #expect(try reader.read(7).isEmpty)
    }

    @Test func whatIsWrittenComesBack() throws {
        let path = folder.path + "/a.npz"
        var writer = try NPZWriter(path: path)
        try writer.begin("arr_0", NPYHeader(.uint8, shape: [2, 1, 3]))
        try writer.append([UInt8]([1, 2]))
        try writer.append([UInt8]([3, 4, 5, 6]))
        try writer.begin("x", NPYHeader(.float32, shape: [3]))
        try writer.append([Float]([0.5, -1, .infinity]))
        try writer.begin("n", NPYHeader(.int64, shape: []))
        try writer.append([Int64.min])
        #expect(try folder.contents.allSatisfy { $0 != "a.npz" })  // not before it is complete
        try writer.finish()
        let file = try NPZFile(path: path)
        #expect(file.headers.count == 3)
        #expect(try file.float64("arr_0") == [1, 2, 3, 4, 5, 6])
        #expect(try file.float64("x") == [0.5, -1, .infinity])
        #expect(try file.float64("n") == [Double(Int64.min)])
    }

    @Test func anUnfinishedFileNeverAppears() throws {
        do {
            var writer = try NPZWriter(path: folder.path + "/b.npz")
            try writer.begin("x", NPYHeader(.uint8, shape: [1]))
            try writer.append([UInt8]([1]))
        }
        #expect(try folder.contents.isEmpty)
    }

    @Test(arguments: [
        ("'<c8'", "False", "(2,)"), ("'|O'", "False", "(2,)"), ("'>f4'", "False", "(2,)"), ("'<f4'", "True", "(2,)"),
        ("'<f4'", "False", "(-2,)"), ("'<f4'", "False", "(9223372036854775807, 4)"), ("'<f4'", "False", "(3,)"),
    ])
    func refusesWhatItCannotRead(_ element: String, _ order: String, _ shape: String) throws {
        let text = "{'descr': \(element), 'fortran_order': \(order), 'shape': \(shape), }\n"
        let header: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
        let path = try folder.file("c.npz", StoredZip.bytes([("x.npy", header + [UInt8](repeating: 0, count: 8))]))
        #expect(throws: DataError.self) { try NPZFile(path: path) }
    }

    @Test func anArrayOfAnotherKindLeavesTheOthersReadable() throws {
        func array(_ element: String) -> [UInt8] {
            let text = "{'descr': '\(element)', 'fortran_order': False, 'shape': (2,), }\n"
            return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
        }
        let labels = array("<i4") + [UInt8](repeating: 0, count: 8)
        let zip = StoredZip.bytes([("labels.npy", labels), ("arr_0.npy", array("|u1") + [3, 4])])
        let file = try NPZFile(path: try folder.file("d.npz", zip))
        #expect(try file.float64("arr_0") == [3, 4])
        let error = #expect(throws: DataError.self) { try file.float64("labels") }
        #expect(error?.description.contains("'labels'") == true)
    }

    @Test func namesTheArraysThereAre() throws {
        let file = try NPZFile(path: Fixtures.path("stored.npz"))
        do {
            _ = try file.float64("nothing")
            Issue.record("an array that is not there was read")
        } catch {
            #expect("\(error)".contains("only: arr_0, mu, sigma"))
        }
    }
}
