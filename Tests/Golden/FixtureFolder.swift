import Foundation
import SwiffuseCPU
import SwiffuseDeCo
import SwiffuseDiT
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseJiT
import SwiffusePerceptual
import SwiffusePixNerd
import SwiffuseTesting

/// The fixtures beside these tests, and damaged copies of them.
enum FixtureFolder {
    static var path: String { Bundle.module.resourcePath.map { $0 + "/Fixtures" } ?? "Fixtures" }

    static func runner() throws -> GoldenRunner {
        GoldenRunner(
            checks: GoldenRunner.libraryChecks + JiTGoldenChecks.all + DiTGoldenChecks.all + DeCoGoldenChecks.all
                + PixNerdGoldenChecks.all + PerceptualGoldenChecks.all,
            registry: try Registry(plugins: [StandardParts(), JiTPlugin(), PerceptualPlugin()]))
    }

    static func run(_ name: String, in folder: String = path) throws -> FixtureReport {
        try runner().run(path: "\(folder)/\(name).json", on: CPUDevice(threads: 2))
    }

    /// Runs a copy of a fixture whose files were changed.
    static func run(
        _ name: String, changingTensors: (inout Data, SafetensorsFile) throws -> Void = { _, _ in },
        changingText: (String) -> String = { $0 }
    ) throws -> FixtureReport {
        let folder = NSTemporaryDirectory() + "golden-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = "\(path)/\(name)"
        var tensors = try Data(contentsOf: URL(fileURLWithPath: source + ".safetensors"))
        try changingTensors(&tensors, SafetensorsFile(path: source + ".safetensors"))
        try tensors.write(to: URL(fileURLWithPath: "\(folder)/\(name).safetensors"))
        let text = try String(contentsOfFile: source + ".json", encoding: .utf8)
        try changingText(text).write(toFile: "\(folder)/\(name).json", atomically: true, encoding: .utf8)
        // Fixtures with procedural weights look for the learned heads beside them.
        for file in ["lpips_vgg_lins.json", "lpips_vgg_lins.safetensors"] where name == "lpips_vgg16_procedural" {
            try FileManager.default.copyItem(atPath: "\(path)/\(file)", toPath: "\(folder)/\(file)")
        }
        return try run(name, in: folder)
    }

    /// Replaces one Float32 in the middle of a tensor.
    static func replaceValue(
        of key: String, in data: inout Data, _ file: SafetensorsFile, by change: (Float) -> Float
    ) throws {
        let range = try file.entry(key).byteRange
        let position = range.lowerBound + (range.count / 8) * 4
        let old = data[position..<position + 4].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        let new = change(Float(bitPattern: UInt32(littleEndian: old))).bitPattern.littleEndian
        data.replaceSubrange(position..<position + 4, with: withUnsafeBytes(of: new) { Data($0) })
    }
}
