internal import CVulkan
internal import SwiffuseTensor
internal import Synchronization

/// Records dispatches and copies in program order and hands them to the queue in batches; nothing waits except a
/// read-back.
final class Recorder: @unchecked Sendable {
    // Unchecked: `lock` guards all stored properties.
    let context: VulkanContext
    private let pool: MemoryPool
    private let lock = Mutex(())
    private var pipelines: Pipelines
    private var sets: DescriptorSets
    private var hazards = Hazards()
    /// Command buffers with the number of their last submission, oldest first.
    private var ring: [(commands: OpaquePointer, number: UInt64)] = []
    private var open: OpaquePointer?
    private var openDispatches = 0
    private var openOperations = 0
    /// Number of the submission that is being recorded.
    private var number: UInt64 = 1
    private var recentKernels: [Kernel] = []
    /// Why the device cannot be used any more.
    private var lost: DeviceError?
    private let fault = Mutex<VulkanFault?>(nil)
    /// nil unless kernels are timed.
    private var times: KernelTimes?
    private var counts = RecordingCounts()

    /// Submissions that may be queued or running.
    private static let ringSize = 8

    /// - Parameter isTimed: whether the device's clock times every kernel.
    init(_ context: VulkanContext, pool: MemoryPool, isTimed: Bool) {
        self.context = context
        self.pool = pool
        times = isTimed && context.facts.timestampPeriod > 0 ? KernelTimes(context) : nil
        pipelines = Pipelines(context)
        sets = DescriptorSets(context)
    }

    deinit {
        _ = cvk_device_wait(context.handle, number - 1, waitLimit)
        if let open { cvk_commands_destroy(open) }
        for entry in ring { cvk_commands_destroy(entry.commands) }
        pipelines.save()
    }

    /// What has been recorded since the device was opened.
    var statistics: RecordingCounts {
        lock.withLock { _ in
            var result = counts
            result.pipelines = pipelines.count
            return result
        }
    }

    /// Waits for everything; the time of each kernel since the last call, the longest first. Empty unless timed.
    func takeKernelTimes() throws(DeviceError) -> [KernelTime] {
        try wait()
        return try locked { () throws(DeviceError) in
            for entry in ring { try times?.collect(entry.number, from: entry.commands) }
            return times?.take() ?? []
        }
    }

    func record(_ dispatch: Dispatch) throws(DeviceError) {
        try locked { () throws(DeviceError) in try append(dispatch) }
    }

    /// Copies bytes between buffers in program order.
    func copy(
        _ source: VulkanBuffer, at sourceOffset: Int, to target: VulkanBuffer, at targetOffset: Int, byteCount: Int
    ) throws(DeviceError) {
        try locked { () throws(DeviceError) in
            let commands = try begin()
            let operands = [
                Operand.reading(source.bytes(sourceOffset, byteCount)),
                Operand.writing(target.bytes(targetOffset, byteCount)),
            ]
            order(operands, in: commands)
            cvk_commands_copy(
                commands, source.block.block, UInt64(source.start + sourceOffset), target.block.block,
                UInt64(target.start + targetOffset), UInt64(byteCount))
            counts.copies += 1
        }
    }

    /// Waits until the work that touches a buffer, or all work, is done.
    func wait(for buffer: VulkanBuffer? = nil) throws(DeviceError) {
        let last = try locked { () throws(DeviceError) -> UInt64 in
            let last = buffer?.lastUse ?? number
            if last >= number { try submit() }
            return min(last, number - 1)
        }
        do throws(DeviceError) {
            try wait(until: last)
        } catch {
            throw lock.withLock { _ in losing(error) }
        }
    }

    /// Hands over what is recorded, waits for everything and gives unused memory back. True if there was any.
    func reclaim() throws(DeviceError) -> Bool {
        try wait()
        return try locked { () throws(DeviceError) -> Bool in
            if open != nil { return false }
            sets.removeAll()
            return pool.trim()
        }
    }

    /// The number of the last submission that is done.
    func completed() throws(DeviceError) -> UInt64 {
        try locked { () throws(DeviceError) -> UInt64 in
            var value: UInt64 = 0
            try check(cvk_device_completed(context.handle, &value), "asking how far the device is")
            return value
        }
    }

    /// Whether the host may write a buffer now.
    func isIdle(_ buffer: VulkanBuffer) throws(DeviceError) -> Bool { try buffer.lastUse <= completed() }

    /// Lets the next call of a kind fail as on a device that is lost.
    func failNext(_ fault: VulkanFault) { self.fault.withLock { $0 = fault } }

    private func append(_ dispatch: Dispatch) throws(DeviceError) {
        let operands = dispatch.operands.compactMap { $0 } + dispatch.further
        let grid = dispatch.grid
        guard let first = operands.first, grid.count > 0 else { return }
        let slots = (0..<Int(cvk_slot_count)).map { slot in
            SlotBinding((slot < dispatch.operands.count ? dispatch.operands[slot] ?? first : first).view)
        }
        let pipeline = try pipelines.pipeline(dispatch.kernel, dispatch.constants)
        let set = try sets.set(for: slots)
        if recentKernels.count == 8 { recentKernels.removeFirst() }
        recentKernels.append(dispatch.kernel)
        let share = Double(dispatch.work) / Double(grid.count)
        let largest = Double(context.profile.dispatchOperations) / max(1, share)
        for part in grid.parts(ofAtMost: Int(min(Double(grid.count), largest))) {
            let commands = try begin()
            order(operands, in: commands)
            dispatch.parameters.words.withUnsafeBytes { push in
                var call = cvk_dispatch(
                    pipeline: pipeline, set: set, push: push.baseAddress, push_bytes: UInt32(push.count),
                    bases: part.start.words, groups: part.counts.words)
                cvk_commands_dispatch(commands, &call)
            }
            try finishDispatch(of: dispatch.kernel, work: Int(share * Double(part.count)), in: commands)
        }
    }

    /// Notes a recorded dispatch, and hands the commands over if they are enough.
    private func finishDispatch(of kernel: Kernel, work: Int, in commands: OpaquePointer) throws(DeviceError) {
        let profile = context.profile
        times?.add(kernel, to: commands)
        counts.dispatches += 1
        openDispatches += 1
        openOperations += work
        let isFull = openDispatches >= profile.submitDispatches || openOperations >= profile.submitOperations
        if isFull || times?.isFull == true { try submit() }
    }

    /// Puts a barrier before work that conflicts with what is recorded, and notes its accesses.
    private func order(_ operands: [Operand], in commands: OpaquePointer) {
        if hazards.conflicts(operands) {
            cvk_commands_barrier(commands)
            hazards.clear()
            counts.barriers += 1
        }
        hazards.add(operands)
        for operand in operands { operand.view.vulkanBuffer.lastUse = number }
    }

    private func begin() throws(DeviceError) -> OpaquePointer {
        if let open { return open }
        var commands: OpaquePointer?
        if ring.count < Self.ringSize {
            let timestamps = times == nil ? 0 : UInt32(KernelTimes.timestampCount)
            try check(cvk_commands_create(context.handle, timestamps, &commands), "creating a command buffer")
        } else {
            let oldest = ring[0]
            do throws(DeviceError) { try wait(until: oldest.number) } catch { throw losing(error) }
            ring.removeFirst()
            try times?.collect(oldest.number, from: oldest.commands)
            commands = oldest.commands
        }
        guard let commands else { fatalError("vulkan: no command buffer") }
        try check(cvk_commands_begin(commands), "beginning a command buffer")
        times?.begin(commands)
        // The command buffer starts with a barrier.
        hazards.clear()
        open = commands
        return commands
    }

    private func submit() throws(DeviceError) {
        guard let commands = open else { return }
        open = nil
        openDispatches = 0
        openOperations = 0
        ring.append((commands, number))
        times?.submit(number)
        let result = takeFault(.submission) ?? cvk_commands_submit(commands, number)
        try check(result, "submitting work")
        // Nothing waits for a submission that failed.
        number += 1
        counts.submissions += 1
    }

    /// The result of a call that is to fail.
    private func takeFault(_ call: VulkanFault) -> Int32? {
        fault.withLock { fault in
            guard fault == call else { return nil }
            fault = nil
            return VulkanFailure.deviceLost
        }
    }

    /// Longest wait in nanoseconds.
    private var waitLimit: UInt64 { context.profile.waitLimit.map { UInt64($0) * 1_000_000_000 } ?? .max }

    private func wait(until last: UInt64) throws(DeviceError) {
        if last == 0 { return }
        let result = takeFault(.wait) ?? cvk_device_wait(context.handle, last, waitLimit)
        if result == VulkanFailure.timeout {
            throw .failed(
                device: context.name, operation: "waiting",
                reason: "the device did not finish within \(context.profile.waitLimit ?? 0) s")
        }
        try VulkanFailure.check(result, device: context.name, operation: "waiting for the device")
    }

    /// Runs `body` under the lock, unless the device is lost.
    private func locked<Result>(_ body: () throws(DeviceError) -> Result) throws(DeviceError) -> Result {
        let result = lock.withLock { _ -> Swift.Result<Result, DeviceError> in
            if let lost { return .failure(lost) }
            do throws(DeviceError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Throws if a call that the queue depends on failed; from then on the device counts as lost.
    private func check(_ result: Int32, _ operation: String) throws(DeviceError) {
        do throws(DeviceError) {
            try VulkanFailure.check(result, device: context.name, operation: operation)
        } catch {
            throw losing(error)
        }
    }

    /// Counts the device as lost from now on; the first reason stays. Used under the lock.
    private func losing(_ error: DeviceError) -> DeviceError {
        let reason = lost ?? explained(error)
        lost = reason
        return reason
    }

    private func explained(_ error: DeviceError) -> DeviceError {
        guard case .failed(let device, let operation, let reason) = error else { return error }
        let kernels = recentKernels.map(\.rawValue).joined(separator: ", ")
        return .failed(
            device: device, operation: operation,
            reason: "\(reason); the device cannot be used any more. Last kernels: \(kernels)")
    }
}

extension SIMD3<Int> {
    fileprivate var words: (UInt32, UInt32, UInt32) { (UInt32(x), UInt32(y), UInt32(z)) }
}

/// What a recorder has recorded.
public struct RecordingCounts: Sendable, Hashable {
    public internal(set) var dispatches = 0
    public internal(set) var barriers = 0
    public internal(set) var copies = 0
    public internal(set) var submissions = 0
    /// Kernels compiled.
    public internal(set) var pipelines = 0
}

extension VulkanBuffer {
    /// Some bytes as a view.
    fileprivate func bytes(_ offset: Int, _ count: Int) -> BufferView {
        BufferView(buffer: self, dtype: .uint8, offset: offset, shape: [count], strides: [1])
    }
}
