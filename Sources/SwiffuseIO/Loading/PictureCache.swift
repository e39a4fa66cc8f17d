internal import Synchronization

/// Scaled pictures kept between epochs, so that each file is decoded once as long as they fit.
///
/// What fits first stays: in a shuffled stream every picture is used once per epoch, so pushing one out for another
/// would gain nothing.
public protocol PictureCache: AnyObject, Sendable {
    /// The picture stored under a number, or nil.
    func picture(at index: Int) throws(DataError) -> ImageBuffer?
    /// Stores a picture if it fits.
    func store(_ picture: ImageBuffer, at index: Int) throws(DataError)
    /// Bytes of pixels stored.
    var byteCount: Int { get }
}

/// A cache in memory.
public final class MemoryPictureCache: PictureCache {
    private struct Contents {
        var pictures: [Int: ImageBuffer] = [:]
        var byteCount = 0
    }

    private let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter limit: bytes of pixels to keep at most.
    public init(limit: Int) { self.limit = limit }

    public var byteCount: Int { contents.withLock { $0.byteCount } }

    public func picture(at index: Int) -> ImageBuffer? { contents.withLock { $0.pictures[index] } }

    public func store(_ picture: ImageBuffer, at index: Int) {
        let count = picture.pixels.count
        contents.withLock { contents in
            guard contents.pictures[index] == nil, count <= limit - contents.byteCount else { return }
            contents.pictures[index] = picture
            contents.byteCount += count
        }
    }
}
