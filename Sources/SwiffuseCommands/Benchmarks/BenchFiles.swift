import Foundation
import Swiffuse

/// Measures reading and writing a model's weights.
struct BenchFiles {
    let clock: BenchClock
    let registry: Registry

    func run() throws -> [BenchResult] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("swiffuse-bench-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("weights.safetensors").path
        let bench = try BenchModel(clock, registry: registry)
        let (model, store) = (bench.model, bench.store())
        try Checkpoint.write(store, of: model.recipe, step: 1, to: path)
        let bytes = Double(store.values.reduce(0) { $0 + $1.spec.byteCount })
        return try clock.measure("io", "write weights", amount: bytes, unit: "B/s") {
            try Checkpoint.write(store, of: model.recipe, step: 1, to: path)
        }
            + clock.measure("io", "open weights", amount: 1, unit: "files/s") { _ = try Checkpoint(path: path) }
            + clock.measure("io", "weights onto the device", amount: bytes, unit: "B/s") {
                let loaded = try Checkpoint(path: path).store(.raw, of: model, on: clock.device)
                _ = try loaded.values[0].scalars()
            }
    }
}
