import SwiffuseIO
import Testing

@Suite struct PictureFolderTests {
    private func picture(_ value: UInt8) -> ImageBuffer {
        ImageBuffer(width: 3, height: 2, channels: 1, filledWith: value)
    }

    @Test func foldersAreSearchedInOrderAndCaptionsAreFound() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("b/1.JPG", JPEG.encode(picture(200)))
        _ = try folder.file("b/1.txt", Array("  a bright Bild 😀\n".utf8))
        _ = try folder.file("z.png", PNG.encode(picture(7)))
        _ = try folder.file("notes.md", [])
        let dataset = try PictureFolderDataset(root: folder.path)
        #expect(dataset.count == 2 && dataset.classCount == 1 && dataset.captionCount == 1)
        #expect(try dataset.image(at: 0) == picture(7))
        #expect(try dataset.image(at: 1).pixels.allSatisfy { abs(Int($0) - 200) <= 1 })
        #expect(dataset.name(at: 1) == "\(folder.path)/b/1.JPG")
        #expect(try dataset.caption(at: 0) == nil)
        #expect(try dataset.caption(at: 1) == "a bright Bild 😀")
    }

    @Test func uselessFoldersAndCaptionsAreRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DataError.self) { try PictureFolderDataset(root: folder.path) }
        #expect(throws: DataError.self) { try PictureFolderDataset(root: folder.path + "/missing") }
        _ = try folder.file("a.png", PNG.encode(picture(1)))
        _ = try folder.file("a.txt", [0xFF, 0xFE, 0xFF])
        let dataset = try PictureFolderDataset(root: folder.path)
        let error = #expect(throws: DataError.self) { try dataset.caption(at: 0) }
        #expect(error?.description.contains("a.txt") == true)
    }

    @Test func folderLoopsEnd() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("a/1.png", PNG.encode(picture(1)))
        try folder.link("a/again", to: folder.path)
        #expect(throws: DataError.self) { try PictureFolderDataset(root: folder.path) }
    }
}
