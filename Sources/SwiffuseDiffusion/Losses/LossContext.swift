public import SwiffuseNN
public import SwiffuseTensor
import Synchronization

/// What losses may look at besides the pictures.
public struct LossContext: Sendable {
    /// t of each image in 0…1.
    public let times: [Float]
    /// Inner features of the backbone, each [B, N, D].
    public let features: [FeatureTap: Tensor]
    /// The model's parameter values, recorded.
    public let pass: Pass
    /// The weights of the frozen networks.
    public let networks: FrozenNetworks
    /// What any of the losses is going to ask `remembering` for.
    public let recalls: Set<String>
    private let memory: ReferenceMemory
    /// Which images of the batch these are; nil for all.
    private let rows: [Int]?

    /// The context of a whole batch.
    public init(
        times: [Float], features: [FeatureTap: Tensor] = [:], pass: Pass, networks: FrozenNetworks = .none,
        recalls: Set<String> = []
    ) {
        self.init(
            times: times, features: features, pass: pass, networks: networks, recalls: recalls,
            memory: ReferenceMemory(), rows: nil)
    }

    private init(
        times: [Float], features: [FeatureTap: Tensor] = [:], pass: Pass, networks: FrozenNetworks,
        recalls: Set<String>, memory: ReferenceMemory, rows: [Int]?
    ) {
        self.times = times
        self.features = features
        self.pass = pass
        self.networks = networks
        self.recalls = recalls
        self.memory = memory
        self.rows = rows
    }

    /// The weights of a frozen network.
    public func pass(for network: FrozenNetwork) -> Pass { networks.pass(for: network) }

    /// What several losses want to know about the same reference images: each computed once per batch, unrecorded.
    ///
    /// - Parameters:
    ///   - keys: what it is; equal keys mean equal results.
    ///   - compute: called at most once, with the places in `keys` that nobody has asked for yet; a tensor [B, …] for
    ///     each.
    /// - Returns: a tensor for each key.
    public func remembering(_ keys: [String], compute: (_ missing: [Int]) -> [Tensor]) -> [Tensor] {
        var found = keys.map { known($0) }
        let missing = found.indices.filter { found[$0] == nil }
        if !missing.isEmpty {
            for (place, tensor) in zip(missing, compute(missing)) {
                let plain = tensor.detached()
                memory.keep(plain, keys[place], rows: rows)
                found[place] = plain
            }
        }
        return found.compactMap { $0 }
    }

    private func known(_ key: String) -> Tensor? {
        if let whole = memory.find(key, rows: nil) { return rows.map { whole.images($0) } ?? whole }
        return memory.find(key, rows: rows)
    }

    /// The same context without inner features.
    public var seeingOnlyPictures: LossContext {
        LossContext(
            times: times, pass: pass, networks: networks, recalls: recalls, memory: memory, rows: rows)
    }

    /// The context of some of the images.
    ///
    /// - Parameter chosen: their places in this batch.
    public func selecting(_ chosen: [Int]) -> LossContext {
        LossContext(
            times: chosen.map { times[$0] }, features: features.mapValues { $0.images(chosen) }, pass: pass,
            networks: networks, recalls: recalls, memory: memory, rows: chosen.map { rows?[$0] ?? $0 })
    }
}

/// Features of one batch's reference images.
private final class ReferenceMemory: Sendable {
    private struct Key: Hashable {
        let name: String
        let rows: [Int]?
    }

    private let entries = Mutex<[Key: Tensor]>([:])

    func find(_ name: String, rows: [Int]?) -> Tensor? { entries.withLock { $0[Key(name: name, rows: rows)] } }

    func keep(_ tensor: Tensor, _ name: String, rows: [Int]?) {
        entries.withLock { $0[Key(name: name, rows: rows)] = tensor }
    }
}

extension Tensor {
    /// Some images of a batch [B, …], in the given order.
    public func images(_ rows: [Int]) -> Tensor {
        if rows == Array(0..<shape[0]) { return self }
        let indices = Tensor(integers: rows.map { Int32($0) }, shape: [rows.count], on: device)
        return reshaped(to: shape[0], -1).rows(indices).reshaped(to: [rows.count] + shape.dimensions.dropFirst())
    }
}
