import Foundation
import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseJiT
import SwiffuseTensor
import SwiffuseTraining

/// A folder with pictures of two classes, a recipe that trains on them in milliseconds, and runs beside them.
final class TinyRun {
    let device: CPUDevice
    let registry: Registry
    let path: String
    var recipe: Recipe

    /// - Parameter losses: a list, in YAML.
    init(_ training: String = "{}", losses: String = "[]", registry: Registry? = nil) throws {
        device = try CPUDevice(threads: 1)
        let registry = try registry ?? Registry(plugins: [StandardParts(), JiTPlugin()])
        self.registry = registry
        path = FileManager.default.temporaryDirectory.appendingPathComponent("swiffuse-" + UUID().uuidString).path
        try Self.writePictures(path + "/images")
        recipe = try Recipe(
            yaml: """
                image: {channels: 3, height: 8, width: 8}
                classes: 2
                data: {type: class-folders, folder: \(path)/images}
                backbone: {type: jit, patchSize: 4, hiddenSize: 16, depth: 2, headCount: 2, bottleneckSize: 0,
                           inContextLength: 1, inContextStart: 1, projectionDropout: 0.1}
                training: \(training)
                sampling: {grid: {steps: 2}, guidance: {scale: 2}}
                losses:
                """ + "\n" + losses.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"),
            registry: registry)
        recipe.training.batchSize = 3
        recipe.training.optimizer.learningRate = 0.002
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func folder(_ name: String) -> RunFolder { RunFolder(path + "/" + name) }

    func open(
        _ name: String, _ start: TrainingRun.Start = .new, weights: InitialWeights? = nil,
        loading: LoadingOptions = LoadingOptions()
    ) throws -> TrainingRun {
        try TrainingRun(
            recipe, registry: registry, folder: folder(name), start: start, weights: weights, loading: loading,
            on: device)
    }

    /// Trains until a step, or to the end.
    @discardableResult
    func train(
        _ name: String, _ start: TrainingRun.Start = .new, until limit: Int = .max
    ) throws -> [TrainingRun.Event] {
        var run = try open(name, start)
        var events: [TrainingRun.Event] = []
        var last = 0
        try run.run(
            shouldStop: { last >= limit },
            report: { event in
                events.append(event)
                if case .stepped(let report, _) = event { last = report.step }
            })
        return events
    }

    func bytes(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + file)) }

    func lines(_ file: String) throws -> [String] {
        String(decoding: try bytes(file), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Names in a folder, hidden ones too, without the lock.
    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).filter { $0 != ".lock" }.sorted()
    }

    private static func writePictures(_ folder: String) throws {
        var random = Philox(seed: 5)
        for (name, level) in [("bright", 200), ("dark", 30)] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
            for index in 0..<7 {
                let pixels = (0..<9 * 11 * 3).map { _ in UInt8(level + Int(random.nextUniform() * 40)) }
                try PNG.write(
                    ImageBuffer(width: 9, height: 11, channels: 3, pixels: pixels), to: "\(folder)/\(name)/\(index).png"
                )
            }
        }
    }
}
