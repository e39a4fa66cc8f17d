import Glibc
internal import Synchronization

/// A cache in a file without a name, so that it vanishes with the process, however that ends.
///
/// Its room is reserved at the start: a disk that is too full is reported before any work is done, not in the middle.
public final class DiskPictureCache: PictureCache {
    private struct Entry {
        let offset: Int
        let width: Int
        let height: Int
        let channels: Int

        var byteCount: Int { width * height * channels }
    }

    private struct Contents {
        var entries: [Int: Entry] = [:]
        var end = 0
    }

    private let folder: String
    private let limit: Int
    private let descriptor: Int32
    private let contents = Mutex(Contents())

    /// - Parameters:
    ///   - folder: where to make the file; made if missing.
    ///   - limit: its size in bytes.
    public init(folder: String, limit: Int) throws(DataError) {
        mkdir(folder, 0o755)  // its parents must be there; if this fails, the next call says why
        var template = Array("\(folder)/.swiffuse-cache-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .file(.last(.create, path: folder)) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let status = posix_fallocate(descriptor, 0, off_t(max(1, limit)))
        guard status == 0 else {
            close(descriptor)
            throw .file(FileError(.write, path: "\(folder) (\(limit >> 20) MiB for decoded pictures)", code: status))
        }
        self.folder = folder
        self.limit = limit
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    public var byteCount: Int { contents.withLock { $0.end } }

    public func picture(at index: Int) throws(DataError) -> ImageBuffer? {
        guard let entry = contents.withLock({ $0.entries[index] }) else { return nil }
        var code: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: entry.byteCount) { buffer, count in
            while count < entry.byteCount && code == 0 {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, entry.byteCount - count,
                    off_t(entry.offset + count))
                if got > 0 { count += got } else if got == 0 { code = EIO } else if errno != EINTR { code = errno }
            }
        }
        guard code == 0 else { throw .file(FileError(.read, path: "the picture cache in \(folder)", code: code)) }
        return ImageBuffer(width: entry.width, height: entry.height, channels: entry.channels, pixels: pixels)
    }

    public func store(_ picture: ImageBuffer, at index: Int) throws(DataError) {
        let count = picture.pixels.count
        let offset: Int? = contents.withLock { contents in
            guard contents.entries[index] == nil, count <= limit - contents.end else { return nil }
            defer { contents.end += count }
            return contents.end
        }
        guard let offset else { return }
        var written = 0
        while written < count {
            let got = picture.pixels.withUnsafeBytes { bytes in
                pwrite(descriptor, bytes.baseAddress.map { $0 + written }, count - written, off_t(offset + written))
            }
            if got > 0 {
                written += got
            } else if errno != EINTR {
                throw .file(.last(.write, path: "the picture cache in \(folder)"))
            }
        }
        // Entered only now, so that nobody reads what is not yet written.
        let entry = Entry(offset: offset, width: picture.width, height: picture.height, channels: picture.channels)
        contents.withLock { $0.entries[index] = entry }
    }
}
