internal import CVulkan
internal import SwiffuseTensor

/// How long a kernel has run on the device.
public struct KernelTime: Sendable, Hashable {
    /// The kernel's name.
    public let name: String
    public internal(set) var count: Int
    public internal(set) var seconds: Double
}

/// Times of kernels from the device's own clock. Used under the recorder's lock.
struct KernelTimes {
    /// Timestamps of a command buffer: one at its start, one after each dispatch.
    static let timestampCount = 512

    private let context: VulkanContext
    /// Kernels of the open command buffer, and of submitted ones by number.
    private var open: [Kernel] = []
    private var submitted: [UInt64: [Kernel]] = [:]
    private var totals: [Kernel: KernelTime] = [:]

    init(_ context: VulkanContext) { self.context = context }

    var isFull: Bool { open.count + 2 > Self.timestampCount }

    func begin(_ commands: OpaquePointer) { cvk_commands_timestamp(commands, 0) }

    mutating func add(_ kernel: Kernel, to commands: OpaquePointer) {
        open.append(kernel)
        cvk_commands_timestamp(commands, UInt32(open.count))
    }

    mutating func submit(_ number: UInt64) {
        submitted[number] = open
        open = []
    }

    /// Takes the times of a finished submission.
    mutating func collect(_ number: UInt64, from commands: OpaquePointer) throws(DeviceError) {
        guard let kernels = submitted.removeValue(forKey: number), !kernels.isEmpty else { return }
        var ticks = [UInt64](repeating: 0, count: kernels.count + 1)
        try VulkanFailure.check(
            cvk_commands_timestamps(commands, UInt32(ticks.count), &ticks), device: context.name,
            operation: "reading timestamps")
        for (index, kernel) in kernels.enumerated() {
            let seconds = Double(ticks[index + 1] &- ticks[index]) * context.facts.timestampPeriod / 1e9
            totals[kernel, default: KernelTime(name: kernel.rawValue, count: 0, seconds: 0)].count += 1
            totals[kernel]?.seconds += seconds
        }
    }

    /// The kernels that have run, the longest first, and starts anew.
    mutating func take() -> [KernelTime] {
        defer { totals.removeAll() }
        return totals.values.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
    }
}
