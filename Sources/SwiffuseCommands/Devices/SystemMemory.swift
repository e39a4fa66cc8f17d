import Foundation

/// The machine's memory.
enum SystemMemory {
    static var summary: String {
        "\(Amount.bytes(Int(ProcessInfo.processInfo.physicalMemory))) in this machine, no limit set"
    }

    /// The most memory that this process has had, in bytes.
    static var peakResident: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        // Linux counts in KiB.
        return usage.ru_maxrss * 1024
    }
}
