import Foundation
import Swiffuse

/// Measures whether training waits for its pictures: the same ones from JPEG files and from memory, in turns.
struct BenchLoading {
    private static let pictureCount = 10_000
    private static let side = 96
    private static let stepsPerTurn = 8

    let clock: BenchClock
    let registry: Registry

    func run() throws -> [BenchResult] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("swiffuse-bench-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let pictures = try (0..<Self.pictureCount).map { try Self.write($0, in: folder) }
        var recipe = try clock.size.recipe
        recipe.classes = 0
        recipe.training.batchSize = clock.batch
        recipe.training.steps = 1_000_000
        let model = try DiffusionModel(recipe, registry: registry)
        var source = PictureFolderConfiguration()
        source.folder = folder.path
        var loading = LoadingOptions()
        loading.cache = .none
        var files = try loop(model, PictureFolderSource(source), loading)
        var memory = try loop(model, PicturesInMemory(pictures: pictures), loading)
        let amount = Double(Self.stepsPerTurn * clock.batch)
        return try clock.measureInTurns(
            "loading", amount: amount, unit: "images/s",
            [
                ("\(Self.pictureCount) JPEG files", { for _ in 0..<Self.stepsPerTurn { _ = try files.step() } }),
                ("the same in memory", { for _ in 0..<Self.stepsPerTurn { _ = try memory.step() } }),
            ])
    }

    private func loop(
        _ model: DiffusionModel, _ source: any DataSource, _ loading: LoadingOptions
    ) throws -> TrainingLoop {
        let state = TrainingState(
            model.scope, seed: 0, optimizer: model.recipe.training.adamW, on: clock.device)
        return try TrainingLoop(model, state: state, source: source, loading: loading)
    }

    /// A picture with waves and some noise, which compresses about as photographs do; returned as it decodes.
    private static func write(_ number: Int, in folder: URL) throws -> ImageBuffer {
        var generator = Philox(seed: 4, stream: UInt64(number))
        let noise = generator.uniforms(side * side)
        let pixels = (0..<side * side * 3).map { position in
            let (place, channel) = (position / 3, position % 3)
            let angle = Float(place % side * (number % 7 + 1) + place / side * (number % 5 + 1) + 40 * channel) / 25
            return UInt8(128 + 90 * sin(angle) + 30 * noise[place])
        }
        let picture = ImageBuffer(width: side, height: side, channels: 3, pixels: pixels)
        let bytes = try JPEG.encode(picture, quality: 90)
        let part = folder.appendingPathComponent("\(number % 100)")
        try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
        try AtomicFile.write(bytes, to: part.appendingPathComponent("\(number).jpg").path)
        return try JPEG.decode(bytes)
    }
}

/// Decoded pictures without classes.
private struct PicturesInMemory: DataSource, ImageDataset {
    let pictures: [ImageBuffer]
    let classNames = ["picture"]
    var count: Int { pictures.count }
    var isInMemory: Bool { true }

    func label(at index: Int) -> Int { 0 }
    func image(at index: Int) -> ImageBuffer { pictures[index] }
    func dataset() -> any ImageDataset { self }

    func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: .centerCrop)
    }
}
