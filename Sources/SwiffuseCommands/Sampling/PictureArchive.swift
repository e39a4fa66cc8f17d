import Foundation
import Swiffuse

/// Pictures as one array in an .npz file, as the ADM suite reads them: `arr_0`, uint8 [N, H, W, 3].
final class PictureArchive {
    private var writer: NPZWriter?

    /// - Parameters:
    ///   - count: number of pictures to come.
    ///   - image: their size.
    init(_ path: String, count: Int, of image: ImageSpec) throws {
        // What an interrupted program has left may be large.
        let folder = (path as NSString).deletingLastPathComponent
        try AtomicFile.removeAbandoned(in: folder.isEmpty ? "." : folder)
        var writer = try NPZWriter(path: path)
        try writer.begin(NPZPictures.name, NPYHeader(.uint8, shape: [count, image.height, image.width, 3]))
        self.writer = consume writer
    }

    /// Adds pictures; grey becomes colour.
    func append(_ pictures: [ImageBuffer]) throws {
        for picture in pictures { try writer?.append(picture.converted(toChannels: 3).pixels) }
    }

    /// Completes the file; all pictures must have been added.
    func finish() throws {
        guard let writer = writer.take() else { return }
        try writer.finish()
    }
}
