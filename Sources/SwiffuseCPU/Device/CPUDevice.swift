internal import CKernels
public import SwiffuseTensor

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The processor: a library for matrix products, own vector kernels for the rest, one pool of threads for both.
///
/// Operations are finished when they return. Results do not depend on timing, nor, but for the rounding of matrix
/// products, on the number of threads.
public final class CPUDevice: Device {
    public let id = DeviceID("cpu")
    public let info: DeviceInfo
    public let kernels: KernelTable
    private let runtime: CPURuntime

    /// Cores that this process may use.
    public static var coreCount: Int { ck_available_cores() }

    /// - Parameters:
    ///   - threads: number of threads; nil for all cores that this process may use.
    ///   - memoryLimit: most bytes to take from the system; nil for no limit.
    ///   - matrixLibrary: who multiplies matrices; nil for the preferred one.
    /// - Throws: `DeviceError.unavailable`, with what to install.
    public init(
        threads: Int? = nil, memoryLimit: Int? = nil, matrixLibrary: MatrixLibrary? = nil
    ) throws(DeviceError) {
        let library = matrixLibrary ?? .preferred
        try library.load()
        let threadCount = max(1, threads ?? Self.coreCount)
        guard let pool = ThreadPool(threadCount: threadCount) else {
            throw .unavailable(device: "cpu", reason: "the system refuses \(threadCount) threads; ask for fewer")
        }
        let allocator = CachingAllocator(deviceName: "cpu", limit: memoryLimit)
        runtime = CPURuntime(pool: pool, allocator: allocator, library: library)
        info = Self.describe(threadCount: threadCount, memoryLimit: memoryLimit, library)
        kernels = .cpu(runtime)
    }

    public var memoryUse: MemoryUse { runtime.allocator.use }

    /// oneDNN copies rows for each product; OpenBLAS copies either.
    public var weightLayout: WeightLayout { runtime.library == .oneDNN ? .columns : .rows }

    public func resetHighWaterMark() { runtime.allocator.resetHighWaterMark() }

    /// Gives cached free memory back to the system.
    public func trimCache() { runtime.allocator.trim() }

    public func allocate(byteCount: Int) throws(DeviceError) -> any DeviceBuffer {
        try runtime.allocator.allocate(byteCount: byteCount)
    }

    public func upload(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer) throws(DeviceError) {
        guard let source = bytes.baseAddress, let target = buffer as? CPUBuffer else { return }
        require(bytes.count <= target.byteCount, "upload", "\(bytes.count) bytes for a buffer of \(target.byteCount)")
        target.bytes.copyMemory(from: source, byteCount: bytes.count)
    }

    public func download(
        _ buffer: any DeviceBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer
    ) throws(DeviceError) {
        if let failure = buffer.failure { throw failure }
        guard let target = bytes.baseAddress, let source = buffer as? CPUBuffer else { return }
        require(
            byteOffset + bytes.count <= source.byteCount, "download",
            "\(bytes.count) bytes at \(byteOffset) of a buffer of \(source.byteCount)")
        target.copyMemory(from: source.bytes + byteOffset, byteCount: bytes.count)
    }

    public func synchronize() throws(DeviceError) {}

    public func execute(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode) {
        if output.count == 0 { return }
        runtime.perform(writing: [output]) { () throws(DeviceError) in
            switch op {
            case .fill(let value): runtime.fill(value, output, mode)
            case .copy: runtime.copy(inputs[0], output, mode)
            case .cast: runtime.cast(inputs[0], output)
            case .select: runtime.select(inputs, output, mode)
            case .unary(let function): runtime.unary(function, inputs[0], output, mode)
            case .binary(let function): runtime.binary(function, inputs[0], inputs[1], output, mode)
            case .reduce(let reduction): runtime.reduce(reduction, inputs[0], output, mode)
            case .matmul(let scale): try runtime.matmul(inputs[0], inputs[1], output, scale: scale, mode: mode)
            case .gatherRows: try runtime.gatherRows(inputs[0], inputs[1], output, mode)
            case .scatterAddRows: try runtime.scatterAddRows(inputs[0], inputs[1], output, mode)
            case .unfold(let geometry): runtime.unfold(geometry, inputs[0], output, mode)
            case .fold(let geometry): runtime.fold(geometry, inputs[0], output, mode)
            case .random(let distribution, let generator): try runtime.random(distribution, generator, output, mode)
            }
        }
    }

    private static func describe(threadCount: Int, memoryLimit: Int?, _ library: MatrixLibrary) -> DeviceInfo {
        DeviceInfo(
            name: processorName(),
            details: [
                ("threads", "\(threadCount)"),
                ("vector kernels", String(cString: ck_simd_level())),
            ] + library.details,
            memoryLimit: memoryLimit, dtypes: DType.allCases)
    }

    /// The model name that the system reports.
    private static func processorName() -> String {
        guard let file = fopen("/proc/cpuinfo", "r") else { return "processor" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
            return String(text[text.index(after: colon)...].drop { $0 == " " }.prefix { $0 != "\n" })
        }
        return "processor"
    }
}
