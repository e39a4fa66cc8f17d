import Foundation

/// The machine's memory.
enum SystemMemory {
    static var summary: String {
        "\(Amount.bytes(Int(ProcessInfo.processInfo.physicalMemory))) in this machine, no limit set"
    }

    /// What programs can still have without the machine swapping, in bytes; nil if the system does not tell.
    static var available: Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") })
        else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// The most memory that this process has had, in bytes.
    static var peakResident: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        // Linux counts in KiB.
        return usage.ru_maxrss * 1024
    }
}
