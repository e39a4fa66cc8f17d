import ArgumentParser
import Swiffuse

/// Flags for how training pictures are brought in.
struct LoadingFlags: ParsableArguments {
    @Flag(help: "Stop at the first damaged picture instead of skipping it.")
    var strict = false

    @Option(help: ArgumentHelp("Background threads that decode pictures.", valueName: "n"))
    var dataThreads = 1

    @Option(
        help: ArgumentHelp(
            "Where decoded pictures are kept during the run: none, memory:SIZE or disk:FOLDER:SIZE, as in 20G.",
            valueName: "cache"))
    var dataCache = "memory:512M"

    var options: LoadingOptions {
        get throws {
            guard (1...1024).contains(dataThreads) else {
                throw ValidationError("--data-threads: found \(dataThreads), expected 1 to 1024")
            }
            var options = LoadingOptions()
            options.isStrict = strict
            options.threadCount = dataThreads
            options.cache = try Self.cache(dataCache)
            return options
        }
    }

    func validate() throws { _ = try options }

    private static func cache(_ text: String) throws -> LoadingOptions.Cache {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("none", 1): return .none
        case ("memory", 2): if let limit = byteCount(parts[1]) { return .memory(limit: limit) }
        case ("disk", 3...):
            let folder = parts.dropFirst().dropLast().joined(separator: ":")
            if !folder.isEmpty, let limit = byteCount(parts[parts.count - 1]) {
                return .disk(folder: folder, limit: limit)
            }
        default: break
        }
        throw ValidationError("--data-cache: found '\(text)', expected none, memory:SIZE or disk:FOLDER:SIZE")
    }

    /// 512M, 20G or a plain number of bytes; nil for anything else.
    private static func byteCount(_ text: Substring) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Int(unit == nil ? text : text.dropLast()), number >= 0 else { return nil }
        let (count, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : count
    }
}
