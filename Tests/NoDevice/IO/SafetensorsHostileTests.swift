import SwiffuseIO
import Testing

@Suite struct SafetensorsHostileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ header: String, data: Int, length: UInt64? = nil) throws -> SafetensorsFile {
        let text = Array(header.utf8)
        let prefix = withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian) { [UInt8]($0) }
        let path = try folder.file("h.safetensors", prefix + text + [UInt8](repeating: 0, count: data))
        return try SafetensorsFile(path: path)
    }

    @Test func acceptsWhiteSpaceEscapesAndNoTensors() throws {
        #expect(try open("{}", data: 0).entries.isEmpty)
        let header =
            "{ \"\\u0061\\n\\ud83d\\ude00\" : {\"shape\":[ 2 , 1 ], \"dtype\":\"I16\",\t"
            + "\"data_offsets\":[0,4]}}\n  "
        let file = try open(header, data: 4)
        #expect(file.names == ["a\n😀"])
        #expect(file.entries[0].shape == [2, 1])
    }

    @Test(arguments: [
        ("", 0), ("[]", 0), ("{", 0), ("{}x", 0), (" {}", 0), ("{\"a\"}", 0), ("{\"a\":1}", 0), ("{\"a\":{}}", 0),
        ("{,}", 0),
        ("{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[01],\"data_offsets\":[0,4]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,0]}}", 0),
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[1,9223372036854775807]}}", 8),
        (
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                + "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", 4
        ),
        (
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", 4
        ),
        ("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0), ("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
        ("{\"__metadata__\":{\"a\":1}}", 0), ("{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0),
        ("{\"__metadata__\":{\"a\":\"\\x\"}}", 0), ("{\"__metadata__\":{\"a\":\"\n\"}}", 0),
    ])
    func brokenHeaderIsRefused(header: String, data: Int) throws {
        #expect(throws: CheckpointError.self) { try open(header, data: data) }
    }

    @Test func impossibleHeaderLengthsAreRefused() throws {
        for length in [3, 100_000_001, UInt64(Int.max), .max] {
            #expect(throws: CheckpointError.self) { try open("{}", data: 0, length: length) }
        }
        let short = try folder.file("short", [1, 2, 3])
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: short) }
        let empty = try folder.file("empty", [])
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: empty) }
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: folder.path) }
    }

    @Test func invalidUTF8AndDeepNestingAreRefused() throws {
        let text: [UInt8] = Array("{\"".utf8) + [0xFF] + Array("\":{}}".utf8)
        let path = try folder.file("u", [UInt8(text.count), 0, 0, 0, 0, 0, 0, 0] + text)
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
        let deep = "{\"a\":{\"shape\":" + String(repeating: "[", count: 1_000_000)
        #expect(throws: CheckpointError.self) { try open(deep, data: 0) }
    }
}
