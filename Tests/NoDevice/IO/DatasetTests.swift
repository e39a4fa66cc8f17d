import Foundation
import SwiffuseIO
import Testing

@Suite struct DatasetTests {
    private func idx(_ sizes: [UInt32], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
        let header: [UInt8] = [0, 0, type, UInt8(sizes.count)]
        return header + sizes.flatMap { size in withUnsafeBytes(of: size.bigEndian) { [UInt8]($0) } } + elements
    }

    @Test func idxReadsPlainAndCompressed() throws {
        let plain = try IDXFile(contents: idx([2, 3], [1, 2, 3, 4, 5, 6]), path: "x")
        #expect(plain.shape == [2, 3])
        #expect(plain.bytes == [1, 2, 3, 4, 5, 6])
        let packed = try IDXFile(path: Fixtures.path("images.idx.gz"))
        #expect(packed.shape == [5, 3, 4])
        #expect(packed.bytes == (0..<60).map { UInt8(7 * $0 % 256) })
    }

    @Test func brokenIDXIsRefused() throws {
        for contents in [
            [], [0, 0, 8], idx([2], [1]), idx([2], [1, 2, 3]), idx([2], [1, 2], type: 13), idx([], []),
            idx([.max, .max, .max, .max], [1]), idx([0, .max, .max], [1]), [1] + idx([1], [1]),
        ] {
            #expect(throws: DataError.self) { try IDXFile(contents: contents, path: "x") }
        }
        #expect(throws: DataError.self) { try IDXFile(path: Fixtures.path("bomb.idx.gz")) }
        let nine = idx([9], Array(1...9))
        #expect(throws: DataError.self) { try IDXFile(contents: nine, path: "x", maximumByteCount: 8) }
    }

    @Test func idxPairIsADataset() throws {
        let names = ["a", "b", "c"]
        let dataset = try IDXDataset(
            imagePath: Fixtures.path("images.idx.gz"), labelPath: Fixtures.path("labels.idx.gz"), classNames: names)
        #expect((dataset.count, dataset.classCount) == (5, 3))
        #expect((0..<5).map { dataset.label(at: $0) } == [2, 0, 1, 1, 2])
        let pixels = (12..<24).map { UInt8(7 * $0 % 256) }
        #expect(try dataset.image(at: 1) == ImageBuffer(width: 4, height: 3, channels: 1, pixels: pixels))
        #expect(throws: DataError.self) {
            try IDXDataset(
                imagePath: Fixtures.path("images.idx.gz"), labelPath: Fixtures.path("labels.idx.gz"),
                classNames: ["a", "b"])
        }
        #expect(throws: DataError.self) {
            try IDXDataset(
                imagePath: Fixtures.path("labels.idx.gz"), labelPath: Fixtures.path("labels.idx.gz"), classNames: names)
        }
    }

    @Test func missingFashionMNISTSaysHowToGetIt() {
        let error = #expect(throws: DataError.self) { try IDXDataset.fashionMNIST(.train, folder: "/nonexistent") }
        #expect(error?.description.contains("apt-get install dataset-fashion-mnist") == true)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: IDXDataset.fashionMNISTFolder), "needs Fashion-MNIST"))
    func fashionMNISTHasTenBalancedClasses() throws {
        let dataset = try IDXDataset.fashionMNIST(.test)
        #expect((dataset.count, dataset.classCount) == (10_000, 10))
        var counts = [Int](repeating: 0, count: 10)
        for index in 0..<dataset.count { counts[dataset.label(at: index)] += 1 }
        #expect(counts == [Int](repeating: 1_000, count: 10))
        let first = try dataset.image(at: 0)
        #expect((first.width, first.height, dataset.classNames[dataset.label(at: 0)]) == (28, 28, "Ankle boot"))
    }

    @Test func classFoldersAreSortedByName() throws {
        let folder = try TemporaryFolder()
        for (name, value) in [("dog/b.png", 1), ("dog/a.PNG", 2), ("Cat/x.png", 3), ("eel/1.png", 4)] {
            let image = ImageBuffer(width: 1, height: 1, channels: 1, filledWith: UInt8(value))
            _ = try folder.file(name, PNG.encode(image))
        }
        _ = try folder.file("dog/notes.txt", [])
        _ = try folder.file(".hidden/a.png", [])
        let dataset = try ClassFolderDataset(root: folder.path)
        #expect(dataset.classNames == ["Cat", "dog", "eel"])
        #expect((0..<4).map { dataset.label(at: $0) } == [0, 1, 1, 2])
        #expect(try (0..<4).map { try dataset.image(at: $0).pixels[0] } == [3, 2, 1, 4])
    }

    @Test func corruptPictureIsNamed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("cat/a.png", [1, 2, 3])
        let dataset = try ClassFolderDataset(root: folder.path)
        #expect(throws: DataError.image(.wrongFormat(path: path, expected: "PNG or JPEG"))) { try dataset.image(at: 0) }
    }

    @Test func foreignPicturesAreNamedLikeDamagedOnes() throws {
        let folder = try TemporaryFolder()
        let image = ImageBuffer(width: 2, height: 2, channels: 1, filledWith: 7)
        _ = try folder.file("cat/a.png", PNG.encode(image))
        let path = try folder.file("cat/b.webp", Array("RIFF....WEBP".utf8))
        let dataset = try ClassFolderDataset(root: folder.path)
        #expect(dataset.count == 2)
        let survey = try DatasetSurvey(dataset)
        #expect(survey.usableCount == 1 && survey.damaged.map(\.name) == [path])
        #expect(survey.damaged.map(\.reason) == ["\(path) is not a PNG or JPEG file"])
    }

    @Test func uselessFoldersAreRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DataError.self) { try ClassFolderDataset(root: folder.path) }
        _ = try folder.file("cat/a.txt", [])
        #expect(throws: DataError.self) { try ClassFolderDataset(root: folder.path) }
        #expect(throws: DataError.self) { try ClassFolderDataset(root: "/nonexistent") }
    }
}
