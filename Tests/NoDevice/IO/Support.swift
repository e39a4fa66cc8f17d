import Foundation
import SwiffuseIO
import Testing

/// A folder that is removed with its value.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("swiffuse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file plainly and returns its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(path)/\(name)"
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Names inside, sorted.
    var contents: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}

enum Fixtures {
    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.path(forResource: "Fixtures/\(name)", ofType: nil))
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}

extension SafetensorsFile {
    func bytes(of key: String) throws -> [UInt8] {
        try withBytes(of: key) { [UInt8]($0) }
    }

    /// A U8 tensor of [height, width] or [height, width, channels].
    func image(_ key: String) throws -> ImageBuffer {
        let shape = try entry(key).shape
        return ImageBuffer(
            width: shape[1], height: shape[0], channels: shape.count > 2 ? shape[2] : 1, pixels: try bytes(of: key))
    }
}

/// A small seeded generator, so that every run tests the same inputs.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }
}

/// Damages data: changed, removed, repeated bytes or a cut.
func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !result.isEmpty {
        let place = Int.random(in: 0..<result.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: result[place] = UInt8.random(in: 0...255, using: &random)
        case 1: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: result.removeSubrange(place..<min(result.count, place + 3))
        case 3: result.insert(contentsOf: result[place..<min(result.count, place + 5)], at: place)
        default: if Int.random(in: 0..<4, using: &random) == 0 { result.removeLast(result.count - place) }
        }
    }
    return result
}
