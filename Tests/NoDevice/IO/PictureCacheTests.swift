import SwiffuseIO
import Synchronization
import Testing

/// Picture i is 5 × 3 and random; how often each was decoded is counted, some are damaged.
private final class CountedImages: ImageDataset {
    let count = 11
    let classNames = ["even", "odd"]
    let damaged: Set<Int>
    let decoded = Mutex([Int](repeating: 0, count: 11))

    init(damaged: Set<Int> = []) { self.damaged = damaged }

    func label(at index: Int) -> Int { index % 2 }

    func image(at index: Int) throws(DataError) -> ImageBuffer {
        decoded.withLock { $0[index] += 1 }
        if damaged.contains(index) { throw .image(.corrupt(path: "\(index).png", reason: "test")) }
        var random = SeededGenerator(seed: UInt64(index))
        return ImageBuffer(
            width: 5, height: 3, channels: 1, pixels: (0..<15).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
}

@Suite struct PictureCacheTests {
    private func batches(
        _ dataset: CountedImages, cache: (any PictureCache)?, isStrict: Bool = false, threadCount: Int = 1
    ) throws -> (images: [[Float]], labels: [[Int32]], skipped: [SkippedPicture]) {
        var settings = BatchLoader.Settings(batchSize: 4, order: .shuffled(seed: 9))
        settings.mirrorsRandomly = true
        settings.cache = cache
        settings.isStrict = isStrict
        settings.threadCount = threadCount
        let preparation = try ImagePreparation(ImageGeometry(channels: 1, height: 2, width: 3), fit: .randomCrop)
        let loader = try BatchLoader(dataset, preparation: preparation, settings: settings)
        let all = try (0..<9).map { _ in try #require(try loader.next()) }
        return (all.map(\.images), all.map(\.labels), loader.skippedPictures)
    }

    @Test func cachesChangeNothingButTheWork() throws {
        let folder = try TemporaryFolder()
        let plain = try batches(CountedImages(), cache: nil)
        let caches: [any PictureCache] = [
            MemoryPictureCache(limit: 1000), try DiskPictureCache(folder: folder.path, limit: 1000),
        ]
        #expect(try folder.contents == [])  // the file has no name
        for cache in caches {
            let dataset = CountedImages()
            let cached = try batches(dataset, cache: cache)
            #expect(cached.images == plain.images && cached.labels == plain.labels)
            #expect(dataset.decoded.withLock { $0 } == [Int](repeating: 1, count: 11))
            #expect(cache.byteCount == 11 * 3 * 2)  // 5 × 3 pixels are scaled to 3 × 2
        }
    }

    @Test func limitsAreKept() throws {
        let folder = try TemporaryFolder()
        let plain = try batches(CountedImages(), cache: nil)
        let caches: [any PictureCache] = [
            MemoryPictureCache(limit: 20), try DiskPictureCache(folder: folder.path, limit: 20),
        ]
        for cache in caches {
            let dataset = CountedImages()
            #expect(try batches(dataset, cache: cache, threadCount: 3).images == plain.images)
            #expect(cache.byteCount == 18)
            #expect(dataset.decoded.withLock { $0.count { $0 == 1 } } <= 3)
        }
        #expect(throws: DataError.self) { try DiskPictureCache(folder: folder.path + "/missing/deeper", limit: 20) }
    }

    @Test func damagedPicturesAreNamedOnceAndReplaced() throws {
        let dataset = CountedImages(damaged: [3, 4])
        let result = try batches(dataset, cache: MemoryPictureCache(limit: 1000), threadCount: 2)
        #expect(Set(result.skipped.map(\.name)) == ["image 3", "image 4"] && result.skipped.count == 2)
        #expect(result.skipped.allSatisfy { $0.reason.contains("damaged") })
        let again = try batches(CountedImages(damaged: [3, 4]), cache: nil)
        #expect(again.images == result.images && again.labels == result.labels)
        #expect(result.images.allSatisfy { $0.count == 4 * 6 })
        #expect(throws: DataError.self) { try batches(dataset, cache: nil, isStrict: true) }
        #expect(throws: DataError.self) { try batches(CountedImages(damaged: Set(0..<11)), cache: nil) }
    }

    @Test func randomCropsLieInsideAndDiffer() throws {
        let image = ImageBuffer(width: 9, height: 4, channels: 1, pixels: (0..<36).map { UInt8($0) })
        let preparation = try ImagePreparation(ImageGeometry(channels: 1, height: 4, width: 4), fit: .randomCrop)
        for (across, start) in [(0, 0), (0.5, 3), (0.999, 5)] {
            var variation = ImageVariation()
            variation.cropPlace = (across, 0.999)
            let values = try preparation.values(of: image, variation: variation)
            #expect(values[0] == PixelConversion.signedValues[start])
            #expect(values[15] == PixelConversion.signedValues[27 + start + 3])
        }
    }

    @Test func cropsNeedNotBeSquare() throws {
        let image = ImageBuffer(width: 8, height: 4, channels: 1, pixels: (0..<32).map { UInt8($0) })
        let preparation = try ImagePreparation(ImageGeometry(channels: 1, height: 4, width: 3), fit: .centerCrop)
        let places = (0..<4).flatMap { row in (2..<5).map { column in 8 * row + column } }
        #expect(try preparation.values(of: image) == places.map { PixelConversion.signedValues[$0] })
    }
}
