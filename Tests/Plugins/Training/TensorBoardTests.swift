import Foundation
import SwiffuseIO
import SwiffuseTraining
import Testing

/// The event file, read back by a reader of its own.
@Suite struct TensorBoardTests {
    /// One value of an event.
    private struct Found: Equatable {
        let step: Int
        let tag: String
        let number: Float?
        let png: [UInt8]?
    }

    @Test func framesAndChecksumsReadBack() throws {
        let validation = "{count: 3, every: 4, bins: 1, weights: [raw]}"
        let tiny = try TinyRun("{steps: 4, ema: [], logEvery: 2, sampleEvery: 4, validation: \(validation)}")
        try tiny.train("run")
        let found = try Self.values(in: Array(try tiny.bytes("run/events.out.tfevents.swiffuse")))
        let facts = ["gradient_norm", "learning_rate", "images_per_second", "data_wait"].map { "training/" + $0 }
        let training = ["training/loss", "loss/clean-image"] + facts
        #expect(found.filter { $0.step == 2 }.map(\.tag) == training)
        #expect(
            found.filter { $0.step == 4 }.map(\.tag)
                == training + ["samples", "validation/raw/loss", "validation/raw/t_0.00_1.00"])
        let loss = try #require(Float(try tiny.lines("run/log.csv")[2].split(separator: ",")[1]))
        #expect(found.first { $0.step == 4 && $0.tag == "training/loss" }?.number == loss)
        #expect(found.first { $0.step == 4 && $0.tag == "loss/clean-image" }?.number == loss)
        let png = try #require(found.first { $0.tag == "samples" }?.png)
        #expect(Data(png) == (try tiny.bytes("run/samples/step_0000004.png")))
    }

    @Test func resumingCutsWhatIsDoneAgain() throws {
        let tiny = try TinyRun("{steps: 8, ema: [], logEvery: 1, checkpointEvery: 3}")
        try tiny.train("run", until: 3)
        let path = tiny.folder("run").eventsPath
        let log = try TensorBoardLog(path: path, keepingThrough: 3)
        try log.add([("training/loss", 99)], step: 4)
        // A frame that a killed process did not finish.
        try AppendedFile.append([24, 0, 0, 0, 0, 0], to: path)
        try tiny.train("run", .resuming)
        let losses = try Self.values(in: Array(try tiny.bytes("run/events.out.tfevents.swiffuse")))
            .filter { $0.tag == "training/loss" }
        #expect(losses.map(\.step) == Array(1...8))
        #expect(!losses.contains { $0.number == 99 })
    }

    @Test func theChecksumIsCastagnolis() {
        // RFC 3720, appendix B.4.
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(0..<32) == 0x46DD_794E)
    }

    private static func values(in bytes: [UInt8]) throws -> [Found] {
        var position = 0
        var found: [Found] = []
        while position < bytes.count {
            let length = Int(littleEndian(bytes[position..<position + 8]))
            let data = Array(bytes[position + 12..<position + 12 + length])
            #expect(masked(Array(bytes[position..<position + 8])) == littleEndian(bytes[position + 8..<position + 12]))
            #expect(masked(data) == littleEndian(bytes[position + 12 + length..<position + 16 + length]))
            position += 16 + length
            let event = try fields(of: data)
            let step = Int(event[2]?.first?.integer ?? 0)
            if position == 16 + length { #expect(event[3]?.first?.bytes == Array("brain.Event:2".utf8)) }
            for summary in event[5] ?? [] {
                for content in try fields(of: summary.bytes)[1] ?? [] {
                    let value = try fields(of: content.bytes)
                    let picture = try value[4]?.first.map { try fields(of: $0.bytes) }
                    found.append(
                        Found(
                            step: step, tag: String(decoding: value[1]?.first?.bytes ?? [], as: UTF8.self),
                            number: value[2]?.first.map { Float(bitPattern: UInt32($0.integer)) },
                            png: picture?[4]?.first?.bytes))
                }
            }
        }
        return found
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The masked checksum, bit by bit.
    private static func masked(_ bytes: [UInt8]) -> UInt64 {
        var crc: UInt32 = ~0
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
        }
        crc = ~crc
        return UInt64((crc >> 15 | crc << 17) &+ 0xA282_EAD8)
    }

    private static func fields(of message: [UInt8]) throws -> [Int: [(integer: UInt64, bytes: [UInt8])]] {
        var result: [Int: [(integer: UInt64, bytes: [UInt8])]] = [:]
        var position = 0
        func varint() -> UInt64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while true {
                let byte = message[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { return value }
            }
        }
        while position < message.count {
            let key = varint()
            switch key & 7 {
            case 0: result[Int(key >> 3), default: []].append((varint(), []))
            case 1, 5:
                let size = key & 7 == 1 ? 8 : 4
                result[Int(key >> 3), default: []].append((littleEndian(message[position..<position + size]), []))
                position += size
            default:
                let size = Int(varint())
                result[Int(key >> 3), default: []].append((0, Array(message[position..<position + size])))
                position += size
            }
        }
        return result
    }
}
