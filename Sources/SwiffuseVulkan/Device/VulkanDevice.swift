internal import CVulkan
public import SwiffuseTensor

/// A GPU, or a processor playing one, through Vulkan.
///
/// Operations are recorded and run in order; only reading values waits. Results are the same in every run on one device
/// and driver.
public final class VulkanDevice: Device {
    public let id: DeviceID
    public let info: DeviceInfo
    public let kernels: KernelTable
    private let runtime: VulkanRuntime

    /// - Parameters:
    ///   - index: position in Vulkan's list; nil for the best: discrete, then integrated GPUs, processors last.
    ///   - profile: how kernels are shaped; nil for the device's own.
    ///   - matrices: how large matrix products round their operands.
    ///   - memoryLimit: most bytes to take from the device; nil for no limit.
    ///   - watch: what is watched while the device works, to find faults and to measure.
    /// - Throws: `unavailable` without Vulkan or the device, if `profile` is not for it, or if it cannot multiply as
    ///   `matrices` asks: it lacks something, which the text names, or gave a wrong product when it was tested.
    public convenience init(
        index: Int? = nil, profile: VulkanProfile? = nil, matrices: VulkanMatrices = .float32, memoryLimit: Int? = nil,
        watch: VulkanWatch = VulkanWatch()
    ) throws(DeviceError) {
        let instance = try VulkanInstance(isValidated: watch.isValidated)
        let facts = try instance.device(index)
        var shape = profile ?? .standard(for: facts)
        if watch.bindsExactly { shape.usesTexels = false }
        shape = try shape.fitted(to: facts)
        switch matrices {
        case .float32: break
        case .float16: shape = try shape.usingMatrices(facts.matrices, device: "vulkan:\(facts.index)")
        }
        let context = try VulkanContext(instance, facts, profile: shape)
        self.init(context, memoryLimit: memoryLimit, watch)
        switch matrices {
        case .float32: break
        case .float16: try runtime.checkMatrices()
        }
    }

    private init(_ context: VulkanContext, memoryLimit: Int?, _ watch: VulkanWatch) {
        runtime = VulkanRuntime(context, memoryLimit: memoryLimit, watch)
        id = DeviceID(context.name)
        info = context.facts.information(profile: context.profile, memoryLimit: memoryLimit)
        kernels = .vulkan(runtime)
    }

    public var memoryUse: MemoryUse { runtime.pool.use }

    public func resetHighWaterMark() { runtime.pool.resetHighWaterMark() }

    /// Dispatches, barriers and submissions so far.
    public var recordingCounts: RecordingCounts { runtime.recorder.statistics }

    /// Waits for everything; how long each kernel has run since the last call, the longest first. Empty unless the device
    /// was opened to be timed.
    public func takeKernelTimes() throws(DeviceError) -> [KernelTime] { try runtime.recorder.takeKernelTimes() }

    /// Warnings and errors of the validation layer so far, and the first one's text.
    public var validationMessages: (count: Int, first: String) { runtime.context.instance.messages }

    /// Waits for the device and gives cached free memory back to the system.
    public func trimCache() throws(DeviceError) { _ = try runtime.recorder.reclaim() }

    /// Lets the next call of a kind fail as on a device that is lost, to test what follows.
    package func failNext(_ fault: VulkanFault) { runtime.recorder.failNext(fault) }

    /// What is wrong with the products of the profile's tiles, by the test that 16-bit matrices must pass; nil if nothing is.
    package func productFault() throws(DeviceError) -> String? { try runtime.productFault() }

    public func allocate(byteCount: Int) throws(DeviceError) -> any DeviceBuffer {
        try runtime.allocate(byteCount: byteCount)
    }

    public func upload(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer) throws(DeviceError) {
        guard let target = buffer as? VulkanBuffer else { return }
        require(bytes.count <= target.byteCount, "upload", "\(bytes.count) bytes for a buffer of \(target.byteCount)")
        try runtime.upload(bytes, to: target)
    }

    public func download(
        _ buffer: any DeviceBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer
    ) throws(DeviceError) {
        if let failure = buffer.failure { throw failure }
        guard let source = buffer as? VulkanBuffer else { return }
        require(
            byteOffset + bytes.count <= source.byteCount, "download",
            "\(bytes.count) bytes at \(byteOffset) of a buffer of \(source.byteCount)")
        try runtime.download(source, byteOffset: byteOffset, to: bytes)
        try runtime.examineChecks()
    }

    public func synchronize() throws(DeviceError) {
        try runtime.recorder.wait()
        try runtime.examineChecks()
    }

    public func execute(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode) {
        if output.count == 0 { return }
        runtime.perform(writing: [output]) { () throws(DeviceError) in
            try runtime.execute(op, inputs, output, mode)
        }
    }
}

extension VulkanRuntime {
    fileprivate func execute(
        _ op: PrimitiveOp, _ inputs: [BufferView], _ output: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        switch op {
        case .fill(let value): try fill(value, output, mode)
        case .copy: try copy(inputs[0], output, mode)
        case .cast: try convert(inputs[0], output)
        case .select: try elementwise(.select, inputs, output, mode)
        case .unary(let function): try unary(function, inputs[0], output, mode)
        case .binary(let function): try elementwise(function.kernelFunction, inputs, output, mode)
        case .reduce(let reduction): try reduce(reduction, inputs[0], output, mode)
        case .matmul(let scale): try matmul(inputs[0], inputs[1], output, scale: scale, mode: mode)
        case .gatherRows: try gatherRows(inputs[0], inputs[1], output, mode)
        case .scatterAddRows: try scatterAddRows(inputs[0], inputs[1], output, mode)
        case .unfold(let geometry): try unfold(geometry, inputs[0], output, mode)
        case .fold(let geometry): try fold(geometry, inputs[0], output, mode)
        case .random(let distribution, let generator): try random(distribution, generator, output, mode)
        }
    }

    /// Throws if a dispatch that is done met a bad index.
    fileprivate func examineChecks() throws(DeviceError) {
        if checks.isEmpty { return }
        try checks.examine(completed: try recorder.completed(), device: name) { status throws(DeviceError) in
            var word: UInt32 = 0
            try withUnsafeMutableBytes(of: &word) { bytes throws(DeviceError) in
                try download(status, byteOffset: 0, to: bytes)
            }
            return word
        }
    }
}
