import SwiffuseIO
import Synchronization
import Testing

/// Picture i shows the value i; one may be broken.
private struct NumberedImages: ImageDataset {
    let count: Int
    var broken: Int?
    let classNames = ["even", "odd"]

    func label(at index: Int) -> Int { index % 2 }

    func image(at index: Int) throws(DataError) -> ImageBuffer {
        if index == broken { throw .image(.corrupt(path: "\(index).png", reason: "test")) }
        return ImageBuffer(width: 2, height: 1, channels: 1, pixels: [UInt8(index), 255])
    }
}

private let isOptimised: Bool = {
    #if DEBUG
        false
    #else
        true
    #endif
}()

@Suite struct BatchLoaderTests {
    private func loader(
        _ dataset: NumberedImages, batchSize: Int, order: ExampleOrder = .shuffled(seed: 1), startingAt: Int = 0,
        mirrorsRandomly: Bool = false, threadCount: Int = 1, isStrict: Bool = false
    ) throws -> BatchLoader {
        var settings = BatchLoader.Settings(batchSize: batchSize, order: order)
        settings.startingAt = startingAt
        settings.mirrorsRandomly = mirrorsRandomly
        settings.threadCount = threadCount
        settings.isStrict = isStrict
        let geometry = ImageGeometry(channels: 1, height: 1, width: 2)
        return try BatchLoader(dataset, preparation: ImagePreparation(geometry, fit: .pad(0)), settings: settings)
    }

    /// The pictures' numbers in the order of delivery; mirrored ones are negative minus one.
    private func numbers(_ loader: BatchLoader, batches: Int) throws -> [Int] {
        var numbers: [Int] = []
        for _ in 0..<batches {
            let batch = try #require(try loader.next())
            for slot in 0..<batch.count {
                let (left, right) = (batch.images[2 * slot], batch.images[2 * slot + 1])
                let number = Int(PixelConversion.sample(right == 1 ? left : right))
                #expect(Int(batch.labels[slot]) == number % 2)
                numbers.append(right == 1 ? number : -number - 1)
            }
        }
        return numbers
    }

    @Test func sequentialOrderGoesRoundAndRound() throws {
        let loader = try loader(NumberedImages(count: 5), batchSize: 3, order: .sequential)
        #expect(try numbers(loader, batches: 4) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1])
    }

    @Test func everyEpochIsAFreshPermutation() throws {
        let order = try numbers(loader(NumberedImages(count: 23), batchSize: 7), batches: 23)
        let epochs = (0..<7).map { Array(order[$0 * 23..<($0 + 1) * 23]) }
        for epoch in epochs { #expect(epoch.sorted() == Array(0..<23)) }
        #expect(Set(epochs).count == 7)
        let other = try loader(NumberedImages(count: 23), batchSize: 7, order: .shuffled(seed: 2))
        #expect(try numbers(other, batches: 23) != order)
    }

    @Test func orderDependsNeitherOnThreadsNorOnBatchSize() throws {
        let dataset = NumberedImages(count: 11)
        let order = try numbers(loader(dataset, batchSize: 6, mirrorsRandomly: true), batches: 20)
        #expect(try numbers(loader(dataset, batchSize: 6, mirrorsRandomly: true, threadCount: 3), batches: 20) == order)
        #expect(try numbers(loader(dataset, batchSize: 40, mirrorsRandomly: true, threadCount: 2), batches: 3) == order)
    }

    @Test func resumedStreamContinuesExactly() throws {
        let dataset = NumberedImages(count: 11)
        let order = try numbers(loader(dataset, batchSize: 4, mirrorsRandomly: true), batches: 25)
        for start in [1, 4, 10, 11, 60] {
            let resumed = try loader(dataset, batchSize: 4, startingAt: start, mirrorsRandomly: true)
            #expect(try numbers(resumed, batches: 10) == Array(order[start..<start + 40]))
        }
    }

    @Test func positionsSayWhereToGoOn() throws {
        let loader = try loader(NumberedImages(count: 5), batchSize: 3, startingAt: 4)
        #expect(try loader.next()?.positions == 4..<7)
        #expect(try loader.next()?.positions == 7..<10)
    }

    @Test func halfOfTheImagesAreMirrored() throws {
        let order = try numbers(loader(NumberedImages(count: 50), batchSize: 100, mirrorsRandomly: true), batches: 20)
        let mirrored = order.filter { $0 < 0 }.count
        #expect((900...1_100).contains(mirrored))
        #expect(try numbers(loader(NumberedImages(count: 50), batchSize: 100), batches: 3).allSatisfy { $0 >= 0 })
    }

    @Test func errorArrivesInOrderAndStays() throws {
        let dataset = NumberedImages(count: 20, broken: 13)
        let loader = try loader(dataset, batchSize: 5, order: .sequential, threadCount: 3, isStrict: true)
        #expect(try numbers(loader, batches: 2) == Array(0..<10))
        for _ in 0..<2 {
            #expect(throws: DataError.image(.corrupt(path: "13.png", reason: "test"))) { try loader.next() }
        }
    }

    @Test func stopEndsTheStream() throws {
        let loader = try loader(NumberedImages(count: 5), batchSize: 3)
        _ = try loader.next()
        loader.stop()
        #expect(try loader.next() == nil)
    }

    @Test func manyLoadersStartAndEndCleanly() throws {
        for round in 0..<50 {
            let loader = try loader(NumberedImages(count: 200), batchSize: 50, threadCount: 1 + round % 3)
            if round % 2 == 0 { _ = try loader.next() }
        }
    }

    @Test func impossibleSettingsAreRefused() throws {
        #expect(throws: DataError.self) { try loader(NumberedImages(count: 0), batchSize: 1) }
        #expect(throws: DataError.self) { try loader(NumberedImages(count: 1), batchSize: 0) }
        #expect(throws: DataError.self) { try loader(NumberedImages(count: 1), batchSize: 1, startingAt: -1) }
        #expect(throws: DataError.self) { try loader(NumberedImages(count: 1), batchSize: 1, threadCount: 0) }
    }

    @Test(.enabled(if: isOptimised, "times an optimised build"))
    func smallImagesAreDeliveredFast() throws {
        struct Blank: ImageDataset {
            let count = 60_000
            let classNames = ["only"]
            func label(at index: Int) -> Int { 0 }
            func image(at index: Int) -> ImageBuffer { ImageBuffer(width: 28, height: 28, channels: 1, filledWith: 1) }
        }
        let geometry = ImageGeometry(channels: 1, height: 32, width: 32)
        let loader = try BatchLoader(
            Blank(), preparation: ImagePreparation(geometry, fit: .pad(0)),
            settings: BatchLoader.Settings(batchSize: 128, order: .shuffled(seed: 1)))
        let elapsed = try ContinuousClock().measure {
            for _ in 0..<200 { _ = try loader.next() }
        }
        // About 0.1 s on an idle core; training needs 20,000 images/s.
        #expect(elapsed < .seconds(1.28), "25,600 images took \(elapsed)")
    }
}
