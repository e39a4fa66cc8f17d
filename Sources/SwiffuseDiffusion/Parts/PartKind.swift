/// A kind of part: the place in a recipe that takes it, and the protocol that it follows.
///
/// Plugins may define kinds of their own.
public struct PartKind<Product>: Sendable, Hashable {
    /// The name of the recipe's section, also for lists: "backbone", "solver".
    public let name: String

    public init(_ name: String) { self.name = name }
}

extension PartKind where Product == any Backbone {
    public static var backbone: Self { Self("backbone") }
}

extension PartKind where Product == any PredictionTarget {
    public static var target: Self { Self("target") }
}

extension PartKind where Product == any NoisePath {
    public static var path: Self { Self("path") }
}

extension PartKind where Product == any TimeSampler {
    public static var times: Self { Self("times") }
}

extension PartKind where Product == any Solver {
    public static var solver: Self { Self("solver") }
}

extension PartKind where Product == any Guidance {
    public static var guidance: Self { Self("guidance") }
}

extension Registry {
    public mutating func register<C: Component & Backbone>(backbone: C.Type) throws(RegistryError) {
        try register(C.self, as: .backbone) { $0 }
    }

    public mutating func register<C: Component & PredictionTarget>(target: C.Type) throws(RegistryError) {
        try register(C.self, as: .target) { $0 }
    }

    public mutating func register<C: Component & NoisePath>(path: C.Type) throws(RegistryError) {
        try register(C.self, as: .path) { $0 }
    }

    public mutating func register<C: Component & TimeSampler>(times: C.Type) throws(RegistryError) {
        try register(C.self, as: .times) { $0 }
    }

    public mutating func register<C: Component & Solver>(solver: C.Type) throws(RegistryError) {
        try register(C.self, as: .solver) { $0 }
    }

    public mutating func register<C: Component & Guidance>(guidance: C.Type) throws(RegistryError) {
        try register(C.self, as: .guidance) { $0 }
    }
}
