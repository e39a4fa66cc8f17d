import Glibc

/// The calls of the operating system by which files are written, so that a test can let any of them fail.
///
/// Each behaves as its namesake: a negative result means failure, with the reason in `errno`.
package struct FileCalls: Sendable {
    package var create: @Sendable (_ path: String) -> Int32
    package var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    package var synchronise: @Sendable (_ descriptor: Int32) -> Int32
    package var rename: @Sendable (_ source: String, _ target: String) -> Int32

    package init(
        create: @escaping @Sendable (String) -> Int32,
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int,
        synchronise: @escaping @Sendable (Int32) -> Int32,
        rename: @escaping @Sendable (String, String) -> Int32
    ) {
        self.create = create
        self.write = write
        self.synchronise = synchronise
        self.rename = rename
    }

    /// The operating system itself.
    package static let system = FileCalls(
        create: { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) },
        write: { Glibc.write($0, $1.baseAddress, $1.count) },
        synchronise: { fsync($0) },
        rename: { Glibc.rename($0, $1) })
}
