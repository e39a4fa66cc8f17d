public import SwiffuseNN
public import SwiffuseTensor

/// A network that losses look through: its weights come from a file, are never trained, and are no part of checkpoints.
public struct FrozenNetwork: Sendable {
    /// What it is, for messages and to share it: networks with equal ids have the same weights.
    public let id: String
    /// What the network declared.
    public let scope: Scope
    /// The files that its weights come from.
    public let files: [Source]
    /// Where a recipe names the network, such as `losses.1`; empty outside recipes.
    public private(set) var place = ""
    private let weights: @Sendable (Scope, any Device) throws -> ParameterStore

    /// - Parameters:
    ///   - id: everything that decides the weights: kind, size, file.
    ///   - scope: where the network declared its parameters.
    ///   - files: where they come from: a run names them by their checksums.
    ///   - weights: reads them; throws what says which file or setting is wrong.
    public init(
        id: String, scope: Scope, files: [Source] = [],
        weights: @escaping @Sendable (Scope, any Device) throws -> ParameterStore
    ) {
        self.id = id
        self.scope = scope
        self.files = files
        self.weights = weights
    }

    /// A file of weights, and the loss's setting that names it.
    public struct Source: Sendable, Hashable {
        /// Such as `encoder.weights`.
        public let setting: String
        public let weights: WeightsFile

        public init(setting: String, weights: WeightsFile) {
            self.setting = setting
            self.weights = weights
        }
    }

    /// The same network, named at a place of a recipe.
    func named(at place: String) -> FrozenNetwork {
        var network = self
        network.place = place
        return network
    }

    /// Reads the weights.
    ///
    /// - Throws: `NetworkWeightsError` with the network's place, or what else keeps the file from being read.
    public func load(on device: any Device) throws -> ParameterStore {
        do {
            return try weights(scope, device)
        } catch let error as NetworkWeightsError where !place.isEmpty {
            throw NetworkWeightsError.located(at: place, error)
        }
    }
}

/// The weights of all networks that the losses of a model look through, each once.
public struct FrozenNetworks: Sendable {
    private let stores: [String: ParameterStore]

    /// - Parameter stores: weights by the networks' ids.
    public init(_ stores: [String: ParameterStore]) { self.stores = stores }

    public static let none = FrozenNetworks([:])

    /// Reads each network's weights once.
    ///
    /// - Throws: what reading a network's weights throws.
    public init(loading networks: [FrozenNetwork], on device: any Device) throws {
        var stores: [String: ParameterStore] = [:]
        for network in networks where stores[network.id] == nil { stores[network.id] = try network.load(on: device) }
        self.stores = stores
    }

    /// Networks without weights, for devices that only count.
    public init(shapesOf networks: [FrozenNetwork], on device: any Device) {
        var stores: [String: ParameterStore] = [:]
        for network in networks where stores[network.id] == nil {
            let parameters = network.scope.parameters
            stores[network.id] = ParameterStore(
                parameters, values: parameters.map { Tensor.zeros($0.shape, on: device) })
        }
        self.stores = stores
    }

    func pass(for network: FrozenNetwork) -> Pass {
        let advice = "use FrozenNetworks(loading:on:)"
        return Pass(
            required(stores[network.id], "losses", "the weights of \(network.id) have not been loaded; \(advice)"))
    }
}
