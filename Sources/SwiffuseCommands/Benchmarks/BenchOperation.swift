import Swiffuse

/// What one operation takes of one run of a case.
struct BenchOperation: Codable {
    let name: String
    let launches: Int
    let seconds: Double
    /// Bytes of the operands; nil where the device's own clock was read, which knows kernels only.
    let bytes: Int?
    let floatingPointOperations: Int?

    init(_ cost: OperationCost) {
        (name, launches, seconds) = (cost.name, cost.launches, cost.seconds)
        (bytes, floatingPointOperations) = (cost.bytes, cost.floatingPointOperations)
    }

    init(_ time: KernelTime) {
        (name, launches, seconds) = (time.name, time.count, time.seconds)
        (bytes, floatingPointOperations) = (nil, nil)
    }
}

/// How fast a device can be at most: in products of a model's size and in streaming memory (Williams et al., "Roofline",
/// 2009).
struct BenchRoofline: Codable {
    let floatingPointOperationsPerSecond: Double
    let bytesPerSecond: Double

    /// Measures both, best of five.
    init(_ device: any Device, size: BenchSize, batch: Int) throws {
        let (width, tokens, _) = size.shapes
        let x = Tensor.random(.normal, [batch * tokens, width], from: Philox(seed: 4), on: device)
        let weight = Tensor.random(.normal, [3 * width, width], from: Philox(seed: 5), on: device)
        let product = LinearOp(hasBias: false)
        let operations = product.floatingPointOperations(for: [x.spec, weight.spec])
        // Enough products to outlast the clock's grain.
        let rounds = max(1, 200_000_000 / max(operations, 1))
        let multiplying = try Self.best(on: device) {
            for _ in 0..<rounds { if let failure = product([x, weight])[0].failure { throw failure } }
        }
        floatingPointOperationsPerSecond = Double(rounds * operations) / multiplying
        // 64 MiB each, more than most caches hold.
        let (first, second) = (Tensor.zeros([16 << 20], on: device), Tensor.ones([16 << 20], on: device))
        let adding = try Self.best(on: device) { if let failure = (first + second).failure { throw failure } }
        bytesPerSecond = Double(3 * 4 * first.shape.count) / adding
    }

    private static func best(on device: any Device, _ work: () throws -> Void) throws -> Double {
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<6 {
            best = min(
                best,
                try clock.measure {
                    try work()
                    try device.synchronize()
                } / .seconds(1))
        }
        return best
    }

    /// The least seconds that an operation can take.
    func bound(_ operation: BenchOperation) -> Double? {
        guard let bytes = operation.bytes, let operations = operation.floatingPointOperations else { return nil }
        return max(Double(operations) / floatingPointOperationsPerSecond, Double(bytes) / bytesPerSecond)
    }
}

extension BenchResult {
    /// Lines that tell where the time of the case goes; none if it was not looked at.
    func operationLines() -> [String] {
        guard let operations, !operations.isEmpty else { return [] }
        let total = max(operations.reduce(0) { $0 + $1.seconds }, 1e-12)
        var table = Table(
            [.left, .right, .right, .right, .right, .right, .right],
            header: ["operation", "launches", "ms", "share", "GFLOP/s", "GB/s", "of roofline"])
        for operation in operations {
            let seconds = max(operation.seconds, 1e-12)
            table.add([
                operation.name, String(operation.launches), Amount.number(seconds * 1e3),
                Self.percent(seconds / total),
                operation.floatingPointOperations.map { Amount.number(Double($0) / seconds / 1e9) } ?? "",
                operation.bytes.map { Amount.number(Double($0) / seconds / 1e9) } ?? "",
                roofline?.bound(operation).map { Self.percent($0 / seconds) } ?? "",
            ])
        }
        return ["", "\(suite), \(name): operations of one run"] + table.lines() + (roofline.map(summary) ?? [])
    }

    private func summary(_ roofline: BenchRoofline) -> [String] {
        let peak = roofline.floatingPointOperationsPerSecond
        let done = (operations ?? []).reduce(0) { $0 + ($1.floatingPointOperations ?? 0) }
        return [
            "roofline: \(Amount.number(peak / 1e9)) GFLOP/s in products of the model's size, "
                + "\(Amount.number(roofline.bytesPerSecond / 1e9)) GB/s in memory, more in caches; the whole case reaches "
                + "\(Self.percent(Double(done) / medianSeconds / peak)) of the former"
        ]
    }

    private static func percent(_ part: Double) -> String { "\(Int((100 * part).rounded())) %" }
}
