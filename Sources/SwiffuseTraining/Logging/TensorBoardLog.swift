public import SwiffuseIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A log that TensorBoard reads: a TFRecord file of `Event` messages with scalars and pictures.
///
/// Field numbers are those of TensorBoard's `event.proto` and `summary.proto` (Apache-2.0).
public struct TensorBoardLog: Sendable {
    public let path: String

    /// Opens a log; events beyond `step`, and what follows a damaged one, are cut off.
    ///
    /// - Parameters:
    ///   - path: the file, whose name must contain `tfevents`; made if missing.
    ///   - step: number of updates done so far.
    public init(path: String, keepingThrough step: Int) throws(FileError) {
        self.path = path
        if step > 0 && access(path, F_OK) == 0 {
            let kept = Self.length(of: try FileContents.read(path, maximumByteCount: 1 << 36), through: step)
            if kept > 0 {
                try AppendedFile.truncate(path, to: kept)
                return
            }
        }
        var version = Self.event(step: 0)
        version.add(3, text: "brain.Event:2")
        try AtomicFile.write(TFRecord.frame(version.bytes), to: path)
    }

    /// Adds numbers by tag, such as `training/loss`.
    public func add(_ scalars: [(tag: String, value: Float)], step: Int) throws(FileError) {
        var summary = ProtocolBuffer()
        for (tag, number) in scalars {
            var value = ProtocolBuffer()
            value.add(1, text: tag)
            value.add(2, float: number)
            summary.add(1, message: value)
        }
        try append(summary, step: step)
    }

    /// Adds a picture.
    ///
    /// - Parameters:
    ///   - png: the bytes of its PNG file.
    ///   - image: the picture itself, for its size.
    public func add(png: [UInt8], of image: ImageBuffer, tag: String, step: Int) throws(FileError) {
        var picture = ProtocolBuffer()
        picture.add(1, integer: image.height)
        picture.add(2, integer: image.width)
        picture.add(3, integer: image.channels)  // the format's colour space: 1 grey, 3 RGB, 4 RGBA
        picture.add(4, bytes: png)
        var value = ProtocolBuffer()
        value.add(1, text: tag)
        value.add(4, message: picture)
        var summary = ProtocolBuffer()
        summary.add(1, message: value)
        try append(summary, step: step)
    }

    private func append(_ summary: ProtocolBuffer, step: Int) throws(FileError) {
        var event = Self.event(step: step)
        event.add(5, message: summary)
        try AppendedFile.append(TFRecord.frame(event.bytes), to: path)
    }

    private static func event(step: Int) -> ProtocolBuffer {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var event = ProtocolBuffer()
        event.add(1, double: Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9)
        event.add(2, integer: step)
        return event
    }

    /// The bytes up to the first event that is damaged or beyond a step.
    private static func length(of bytes: [UInt8], through step: Int) -> Int {
        var position = 0
        while let (event, next) = TFRecord.read(bytes, at: position) {
            guard let found = ProtocolBuffer.integer(2, of: event), found <= step else { break }
            position = next
        }
        return position
    }
}
