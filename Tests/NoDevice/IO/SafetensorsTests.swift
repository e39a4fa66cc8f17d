import Foundation
import SwiffuseIO
import Testing

@Suite struct SafetensorsTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/model.safetensors" }

    init() throws { folder = try TemporaryFolder() }

    private func write<Element: BitwiseCopyable>(
        _ dtype: StoredDType, _ values: [Element], metadata: [String: String] = [:]
    ) throws -> SafetensorsFile {
        let spec = SafetensorsSpec(name: "t", dtype: dtype, shape: [values.count])
        var writer = try SafetensorsWriter(path: path, tensors: [spec], metadata: metadata)
        try writer.append("t", values)
        try writer.finish()
        return try SafetensorsFile(path: path)
    }

    @Test func roundTripKeepsOrderShapesAndBits() throws {
        let specs = [
            SafetensorsSpec(name: "z.weight", dtype: .float32, shape: [3, 1]),
            SafetensorsSpec(name: "bytes", dtype: .uint8, shape: [5]),
            SafetensorsSpec(name: "scalar", dtype: .int64, shape: []),
            SafetensorsSpec(name: "empty", dtype: .float64, shape: [0, 7]),
            SafetensorsSpec(name: "a", dtype: .float64, shape: [2]),
        ]
        let metadata = ["recipe": "a: \"b\"\n\u{1}\\ → ü", "step": "12"]
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: metadata)
        try writer.append("z.weight", [Float](arrayLiteral: 1, -0.0, .infinity))
        try writer.append("bytes", [UInt8](1...5))
        try writer.append("scalar", [Int64.min])
        try writer.append("empty", [Double]())
        try writer.append("a", [0.1, -3])
        try writer.finish()

        let file = try SafetensorsFile(path: path)
        #expect(file.names == specs.map(\.name))
        #expect(file.entries.map(\.shape) == specs.map(\.shape))
        #expect(file.entries.map(\.dtype) == specs.map(\.dtype))
        #expect(file.metadata == metadata)
        #expect(try file.float32(of: "z.weight").map(\.bitPattern) == [Float(1), -0.0, .infinity].map(\.bitPattern))
        #expect(try file.bytes(of: "bytes") == [1, 2, 3, 4, 5])
        #expect(try file.int64(of: "scalar") == [Int64.min])
        #expect(try file.float64(of: "empty") == [])
        #expect(try file.float64(of: "a") == [0.1, -3])
        #expect(try file.entry("z.weight").byteRange.lowerBound % 8 == 0)
    }

    @Test func bytesDependOnArgumentsAlone() throws {
        let metadata = Dictionary(uniqueKeysWithValues: (0..<20).map { ("key\($0)", "value") })
        _ = try write(.float32, [Float(1), 2], metadata: metadata)
        let first = try FileContents.read(path)
        _ = try write(.float32, [Float(1), 2], metadata: metadata)
        #expect(try FileContents.read(path) == first)
        #expect(first.dropFirst(8).starts(with: "{\"__metadata__\":{\"key0\":".utf8))
    }

    @Test func everyNarrowTypeConvertsToFloat32() throws {
        let halves = try write(.float16, [UInt16(0x3C01), 0x0001, 0xFC00])
        #expect(try halves.float32(of: "t") == [1.0009765625, 0x1p-24, -.infinity])
        #expect(try write(.bfloat16, [UInt16(0x3F81), 0xC000]).float32(of: "t") == [1.0078125, -2])
        #expect(try write(.int16, [Int16.min, 5]).float32(of: "t") == [-32768, 5])
        #expect(try write(.int8, [Int8(-128), 127]).float32(of: "t") == [-128, 127])
        #expect(try write(.uint8, [UInt8(255)]).float32(of: "t") == [255])
        #expect(try write(.bool, [UInt8(0), 1]).float32(of: "t") == [0, 1])
        #expect(try write(.float64, [0.5, -1e30 * 0]).float32(of: "t") == [0.5, 0])
        #expect(try write(.int32, [Int32(1 << 24)]).float32(of: "t") == [16_777_216])
        #expect(try write(.float64, [Double.nan]).float32(of: "t")[0].isNaN)
    }

    @Test func inexactConversionThrowsUnlessRoundingIsAsked() throws {
        let integers = try write(.int32, [Int32(0), (1 << 24) + 1])
        #expect(
            throws: CheckpointError.inexact(path: path, key: "t", index: 1, value: "16777217", wanted: .float32)
        ) { try integers.float32(of: "t") }
        #expect(try integers.float32(of: "t", conversion: .rounded) == [0, 16_777_216])
        let doubles = try write(.float64, [0.1])
        #expect(throws: CheckpointError.self) { try doubles.float32(of: "t") }
        #expect(try doubles.float32(of: "t", conversion: .rounded) == [0.1])
        let longs = try write(.int64, [Int64.max])
        #expect(throws: CheckpointError.self) { try longs.float32(of: "t") }
        #expect(throws: CheckpointError.self) { try longs.float64(of: "t") }
    }

    @Test func integersReadAsInt64() throws {
        #expect(try write(.int32, [Int32(-7)]).int64(of: "t") == [-7])
        #expect(try write(.uint8, [UInt8(200)]).int64(of: "t") == [200])
        let floats = try write(.float32, [Float(1)])
        #expect(throws: CheckpointError.type(path: path, key: "t", found: .float32, wanted: .int64)) {
            try floats.int64(of: "t")
        }
    }

    @Test func missingNameSuggestsTheNearest() throws {
        let specs = ["blocks.0.attn.qkv.weight", "blocks.0.attn.proj.weight"].map {
            SafetensorsSpec(name: $0, dtype: .uint8, shape: [0])
        }
        var writer = try SafetensorsWriter(path: path, tensors: specs)
        for spec in specs { try writer.append(spec.name, [UInt8]()) }
        try writer.finish()
        let file = try SafetensorsFile(path: path)
        #expect(
            throws: CheckpointError.missing(
                path: path, key: "block.0.attn.qkv.weight", nearest: "blocks.0.attn.qkv.weight")
        ) { try file.float32(of: "block.0.attn.qkv.weight") }
        #expect(throws: CheckpointError.missing(path: path, key: "step", nearest: nil)) { try file.entry("step") }
    }

    @Test func fileCutShortAfterOpeningIsAnError() throws {
        let file = try write(.uint8, [UInt8](repeating: 1, count: 20_000))
        #expect(truncate(path, 5_000) == 0)
        #expect(throws: CheckpointError.self) { try file.bytes(of: "t") }
    }

    @Test func writerRefusesWrongNamesSizesAndMissingTensors() throws {
        let spec = SafetensorsSpec(name: "t", dtype: .float32, shape: [2])
        #expect(throws: CheckpointError.self) { _ = try SafetensorsWriter(path: path, tensors: [spec, spec]) }
        let huge = SafetensorsSpec(name: "h", dtype: .float32, shape: [Int.max, 2])
        #expect(throws: CheckpointError.self) { _ = try SafetensorsWriter(path: path, tensors: [huge]) }
        #expect(throws: CheckpointError.self) {
            var writer = try SafetensorsWriter(path: path, tensors: [spec])
            try writer.append("u", [Float(1), 2])
        }
        #expect(throws: CheckpointError.self) {
            var writer = try SafetensorsWriter(path: path, tensors: [spec])
            try writer.append("t", [Float(1)])
        }
        #expect(throws: CheckpointError.self) {
            let writer = try SafetensorsWriter(path: path, tensors: [spec])
            try writer.finish()
        }
        #expect(try folder.contents == [])
    }
}
