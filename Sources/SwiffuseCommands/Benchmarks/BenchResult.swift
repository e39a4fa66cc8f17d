import Foundation
import Swiffuse

/// One measurement.
struct BenchResult: Codable {
    let suite: String
    let name: String
    let size: String
    let batch: Int
    let repeats: Int
    let medianSeconds: Double
    let minSeconds: Double
    let maxSeconds: Double
    /// Units of work per second: operations in the suite ops, bytes or files in io, images in the others.
    let rate: Double
    let rateUnit: String
    /// Most bytes in tensors during the measurement.
    let tensorBytes: Int
    /// Most bytes that the process has had so far.
    let residentBytes: Int
    /// Kernel launches of one run; nil on devices that do not launch any.
    let dispatches: Int?
    /// What one more run was made of, the longest first; nil unless asked for.
    let operations: [BenchOperation]?
    /// The largest difference to what the operation means, composed of primitives on the same device, as a share of the
    /// largest value; nil where that is not looked at.
    var error: Double?
    /// What the device can do at most; nil unless operations were asked for, and on devices with a clock of their own.
    var roofline: BenchRoofline?

    /// Columns of a table for people.
    private var row: [String] {
        let spread = "\(Amount.number(minSeconds * 1000)) – \(Amount.number(maxSeconds * 1000))"
        let isLarge = ["FLOP/s", "B/s"].contains(rateUnit)
        let speed = "\(Amount.number(isLarge ? rate / 1e9 : rate)) \(isLarge ? "G" : "")\(rateUnit)"
        return [
            suite, name, Amount.number(medianSeconds * 1000), spread, speed, Amount.bytes(tensorBytes),
            Amount.bytes(residentBytes),
        ]
    }

    /// All results for people.
    static func lines(_ results: [BenchResult]) -> [String] {
        let hasDispatches = results.contains { $0.dispatches != nil }
        let hasErrors = results.contains { $0.error != nil }
        var table = Table(
            [.left, .left] + Array(repeating: .right, count: 7),
            header: ["suite", "case", "median ms", "min – max ms", "speed", "tensors", "resident"]
                + (hasDispatches ? ["dispatches"] : []) + (hasErrors ? ["error"] : []))
        for result in results {
            table.add(
                result.row + (hasDispatches ? [result.dispatches.map { String($0) } ?? ""] : [])
                    + (hasErrors ? [result.error.map { String(format: "%.1e", $0) } ?? ""] : []))
        }
        return table.lines()
    }
}

/// Measures work on a device.
struct BenchClock {
    let device: any Device
    let size: BenchSize
    /// A model of one's own to measure instead of one of `size`.
    let recipe: Recipe?
    let batch: Int
    let repeats: Int
    /// Whether each case is run once more to see what it is made of.
    let byOp: Bool
    /// The only case to measure; nil for all.
    let only: String?
    private let clock = ContinuousClock()

    init(
        device: any Device, size: BenchSize, recipe: Recipe? = nil, batch: Int, repeats: Int, byOp: Bool, only: String?
    ) {
        self.device = device
        self.size = size
        self.recipe = recipe
        self.batch = batch
        self.repeats = repeats
        self.byOp = byOp
        self.only = only
    }

    /// What is measured: a size, or a recipe's name.
    private var subject: String { recipe?.name ?? size.rawValue }

    /// Times some work: once to warm up, then `repeats` times.
    ///
    /// - Parameter amount: how much work one run is, in `unit`s times seconds.
    /// - Returns: one result, or none if another case is wanted.
    func measure(
        _ suite: String, _ name: String, amount: Double, unit: String, _ work: () throws -> Void
    ) throws -> [BenchResult] {
        try withoutActuallyEscaping(work) { work in
            try measureInTurns(suite, amount: amount, unit: unit, [(name, work)])
        }
    }

    /// Times several kinds of work, each once to warm up, then all in turns, so that what else the machine does meets
    /// all of them alike.
    func measureInTurns(
        _ suite: String, amount: Double, unit: String, _ all: [(name: String, run: () throws -> Void)]
    ) throws -> [BenchResult] {
        let works = all.filter { only == nil || $0.name == only }
        if works.isEmpty { return [] }
        for work in works { _ = try time(work.run) }
        var dispatches: [Int?] = []
        for work in works { dispatches.append(try countDispatches(work.run)) }
        device.resetHighWaterMark()
        var seconds = works.map { _ in [Double]() }
        for _ in 0..<repeats {
            for (index, work) in works.enumerated() { seconds[index].append(try time(work.run)) }
        }
        return try works.indices.map { index in
            result(
                suite, works[index].name, seconds[index].sorted(), amount: amount, unit: unit,
                dispatches: dispatches[index], operations: byOp ? try operations(of: works[index].run) : nil)
        }
    }

    /// What one run is made of: by the device's own clock where it has one, else by waiting for each operation.
    private func operations(of work: () throws -> Void) throws -> [BenchOperation]? {
        if let timed = device as? TimedDevice { return try timed.costs(of: work).map { BenchOperation($0) } }
        guard let vulkan = device as? VulkanDevice else { return nil }
        _ = try vulkan.takeKernelTimes()
        try work()
        return try vulkan.takeKernelTimes().map { BenchOperation($0) }
    }

    /// Launches of one run, where the device counts them.
    private func countDispatches(_ work: () throws -> Void) throws -> Int? {
        guard let vulkan = device as? VulkanDevice else { return nil }
        let before = vulkan.recordingCounts.dispatches
        _ = try time(work)
        return vulkan.recordingCounts.dispatches - before
    }

    private func time(_ work: () throws -> Void) throws -> Double {
        try clock.measure {
            try work()
            try device.synchronize()
        } / .seconds(1)
    }

    /// - Parameter seconds: ascending.
    private func result(
        _ suite: String, _ name: String, _ seconds: [Double], amount: Double, unit: String, dispatches: Int?,
        operations: [BenchOperation]?
    ) -> BenchResult {
        let median = (seconds[(seconds.count - 1) / 2] + seconds[seconds.count / 2]) / 2
        return BenchResult(
            suite: suite, name: name, size: subject, batch: batch, repeats: repeats, medianSeconds: median,
            minSeconds: seconds[0], maxSeconds: seconds[seconds.count - 1], rate: amount / max(1e-12, median),
            rateUnit: unit,
            tensorBytes: device.memoryUse.highWaterMark, residentBytes: SystemMemory.peakResident,
            dispatches: dispatches, operations: operations)
    }
}
