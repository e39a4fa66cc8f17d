internal import CVulkan

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The driver's compiled kernels on disk, in `$XDG_CACHE_HOME/swiffuse` or `~/.cache/swiffuse`.
///
/// The file starts with our own header (device, driver, length, check sum): drivers are known to crash on a cache that
/// is not theirs. A cache that cannot be read or written costs time, nothing else.
struct PipelineCacheFile {
    private let context: VulkanContext
    private let path: String?
    private static let largest = 256 << 20

    init(_ context: VulkanContext) {
        self.context = context
        let base = Self.variable("XDG_CACHE_HOME") ?? Self.variable("HOME").map { $0 + "/.cache" }
        let identity = context.facts.cacheIdentity.map { String($0, radix: 16) }.joined(separator: "-")
        path = base.map { "\($0)/swiffuse/vulkan-\(identity).bin" }
    }

    /// Gives the driver what an earlier run has kept.
    func load() {
        let bytes = contents() ?? []
        _ = bytes.withUnsafeBytes { cvk_cache_create(context.handle, $0.baseAddress, $0.count) }
    }

    func save() {
        guard let path else { return }
        var count = 0
        // 32 bytes are the driver's header alone: nothing worth keeping.
        guard cvk_cache_contents(context.handle, nil, &count) == 0, count > 32, count < Self.largest else { return }
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { cvk_cache_contents(context.handle, $0.baseAddress, &count) }
        guard result == 0 else { return }
        let file = header(for: bytes[..<count]) + bytes[..<count]
        _ = file.withUnsafeBytes { cvk_file_replace(path, $0.baseAddress, $0.count) }
    }

    private func contents() -> ArraySlice<UInt8>? {
        guard let path else { return nil }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var count = bytes.withUnsafeMutableBytes { cvk_file_read(path, $0.baseAddress, $0.count) }
        if count == bytes.count || count < 0 {
            bytes = [UInt8](repeating: 0, count: Self.largest)
            count = bytes.withUnsafeMutableBytes { cvk_file_read(path, $0.baseAddress, $0.count) }
        }
        let headerCount = header(for: []).count
        guard count > headerCount else { return nil }
        let payload = bytes[headerCount..<count]
        return Array(bytes[..<headerCount]) == header(for: payload) ? payload : nil
    }

    private func header(for payload: ArraySlice<UInt8>) -> [UInt8] {
        // FNV-1a, 64 bits.
        let sum = payload.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Array("swiffuse pipelines 1\n".utf8) + context.facts.cacheIdentity
            + withUnsafeBytes(of: (UInt64(payload.count).littleEndian, sum.littleEndian)) { Array($0) }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
