import Foundation
import SwiffuseDiffusion
import SwiffuseEvaluation
import SwiffuseIO
import SwiffuseJiT
import Testing

/// Damaged files of every format are read or refused in one line; they never crash, hang or fill the memory.
///
/// The number of files per format is fixed; `SWIFFUSE_FUZZ_ROUNDS` asks for more.
@Suite struct FuzzTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["SWIFFUSE_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 600

    /// Damages each original in turn and reads it.
    ///
    /// - Parameter read: throws an error that must name the file "damaged".
    private func fuzz(_ originals: [[UInt8]], seed: UInt64, _ read: ([UInt8]) throws -> Void) {
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for round in 0..<Self.rounds {
            let bytes = Self.mutated(originals[round % originals.count], using: &random)
            do {
                try read(bytes)
            } catch {
                refused += 1
                let text = "\(error)"
                #expect(text.contains("damaged") && !text.contains("\n"), "\(text)")
            }
        }
        #expect(refused > Self.rounds / 4)  // the damage is real
    }

    @Test func pictures() throws {
        for (fixture, ending, seed) in [("png.safetensors", ".png", 11), ("jpeg.safetensors", ".jpg", 13)] {
            let file = try SafetensorsFile(path: Fixtures.path(fixture))
            let originals = try file.names.filter { $0.hasSuffix(ending) }.map { try file.bytes(of: $0) }
            fuzz(originals, seed: UInt64(seed)) { bytes in
                let image = try ImageFile.decode(bytes, named: "damaged")
                #expect(image.pixels.count == image.width * image.height * image.channels)
            }
        }
    }

    @Test func idxFiles() throws {
        let plain: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 4] + (1...12)
        let originals = [try Fixtures.bytes("images.idx.gz"), try Fixtures.bytes("labels.idx.gz"), plain]
        fuzz(originals, seed: 2) { bytes in
            let file = try IDXFile(contents: bytes, path: "damaged")
            #expect(file.bytes.count == file.shape.reduce(1, *))
        }
    }

    @Test func safetensors() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/original"
        let specs = [
            SafetensorsSpec(name: "a.weight", dtype: .float32, shape: [3, 5]),
            SafetensorsSpec(name: "b", dtype: .int64, shape: [2]),
            SafetensorsSpec(name: "c", dtype: .bfloat16, shape: [1, 7]),
        ]
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: ["k": "v\""])
        try writer.append("a.weight", [Float](repeating: 1, count: 15))
        try writer.append("b", [Int64](repeating: 1, count: 2))
        try writer.append("c", [UInt16](repeating: 1, count: 7))
        try writer.finish()
        fuzz([try FileContents.read(path)], seed: 5) { bytes in
            let file = try SafetensorsFile(path: folder.file("damaged", bytes))
            for entry in file.entries {
                #expect(try file.withBytes(of: entry.name) { $0.count } == entry.byteRange.count)
                _ = try file.float64(of: entry.name)
            }
        }
    }

    @Test(arguments: ["lightning.ckpt", "legacy.pt", "legacy-objects.pt"]) func torchFiles(_ name: String) throws {
        let folder = try TemporaryFolder()
        fuzz([try Fixtures.bytes(name)], seed: 17) { bytes in
            let file = try TorchFile(path: folder.file("damaged", bytes))
            for name in file.names { _ = try file.float32(of: name, conversion: .rounded) }
        }
    }

    @Test(arguments: ["stored.npz", "compressed.npz"]) func npzFiles(_ name: String) throws {
        let folder = try TemporaryFolder()
        fuzz([try Fixtures.bytes(name)], seed: 19) { bytes in
            let file = try NPZFile(path: folder.file("damaged", bytes))
            for name in file.headers.keys {
                #expect(try file.float64(name).count == file.headers[name]?.shape.reduce(1, *))
            }
        }
    }

    @Test func statistics() throws {
        let folder = try TemporaryFolder()
        var features = FeatureSet(width: 3, keeping: .first(5))
        features.network = FeatureNetworkIdentity(settings: "a network", sha256: "5d41")
        try features.add(pooled: (0..<21).map { Float($0 * $0 % 17) })
        let path = folder.path + "/original"
        try FeatureReference(features).write(to: path)
        fuzz([try FileContents.read(path)], seed: 23) { bytes in
            let read = try FeatureReference(try NPZFile(path: folder.file("damaged", bytes)))
            #expect(read.pooled.covariance.values.count == read.pooled.mean.count * read.pooled.mean.count)
            #expect((read.pooled.mean + (read.vectors?.values ?? [])).allSatisfy(\.isFinite) && read.count ?? 2 >= 2)
        }
    }

    @Test func recipes() throws {
        let yaml = """
            name: small
            image: { channels: 3, height: 8, width: 8 }
            classes: 4
            backbone: { type: jit, patchSize: 4, hiddenSize: 32, depth: 2, headCount: 2 }
            training: { batchSize: 2, steps: 3, ema: [0.9, 0.99], optimizer: { learningRate: 0.001 } }
            sampling: { solver: { type: heun }, guidance: { type: classifier-free, interval: [0.1, 0.9] } }
            data: { type: class-folders, folder: "somewhere/else" }
            """
        let registry = try Registry(plugins: [StandardParts(), JiTPlugin()])
        fuzz([Array(yaml.utf8)], seed: 7) { bytes in
            do throws(RecipeError) {
                _ = try Recipe(yaml: String(decoding: bytes, as: UTF8.self), registry: registry)
            } catch {
                throw Refusal(description: "damaged: \(error)")
            }
        }
    }

    private struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// Damages data: changed, removed, repeated bytes or a cut.
    private static func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
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
}
