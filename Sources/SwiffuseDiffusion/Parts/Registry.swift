/// The parts that recipes can use: a value, made from explicit plugins.
public struct Registry: Sendable {
    /// A part as it is listed.
    public struct Entry: Sendable {
        /// The kind's name: "backbone".
        public let kind: String
        public let key: String
        /// The plugin that brought it.
        public let plugin: String
        /// One line on what it is.
        public let summary: String
        /// The default configuration, without `type`.
        public let defaults: RecipeValue
        /// The configuration's type with its module, where its fields are documented: `SwiffuseJiT.JiTConfiguration`.
        public let configuration: String

        let product: ObjectIdentifier
        let resolve: @Sendable (RecipeValue, String) throws(RecipeError) -> RecipeValue
        let validate: @Sendable (RecipeValue, ModelSpec, String) throws(RecipeError) -> Void
        let builder: any Sendable
    }

    /// Everything registered, in order.
    public private(set) var entries: [Entry] = []
    /// The recipes that plugins bring along, in order.
    public private(set) var presets: [Preset] = []
    /// The plugin that brought each preset.
    private var presetPlugins: [String: String] = [:]
    private var plugin = "program"

    /// A registry with the parts of the given plugins.
    public init(plugins: [any Plugin]) throws(RegistryError) {
        for plugin in plugins {
            self.plugin = plugin.name
            try plugin.register(in: &self)
        }
        plugin = "program"
    }

    /// The parts of one kind, in order.
    public func entries(of kind: String) -> [Entry] { entries.filter { $0.kind == kind } }

    /// Adds a part.
    ///
    /// - Parameters:
    ///   - kind: what it is used as.
    ///   - erase: the part as the kind's product, `{ $0 }` if it conforms to the protocol.
    /// - Throws: `RegistryError` if the kind has the key already, naming both plugins.
    public mutating func register<C: Component, Product>(
        _ component: C.Type, as kind: PartKind<Product>, _ erase: @escaping @Sendable (C) -> Product
    ) throws(RegistryError) {
        try check(C.key, kind)
        let defaults: RecipeValue
        do {
            defaults = try RecipeEncoder.encode(C.Configuration())
            try C.Configuration().validate()
        } catch {
            throw .unusableDefaults(kind: kind.name, key: C.key, reason: error)
        }
        entries.append(
            Entry(
                kind: kind.name, key: C.key, plugin: plugin, summary: C.summary, defaults: defaults,
                configuration: String(reflecting: C.Configuration.self),
                product: ObjectIdentifier(Product.self),
                resolve: { tree, path throws(RecipeError) in
                    try RecipeEncoder.encode(C.Configuration(resolving: tree, at: path), at: path)
                },
                validate: { tree, model, path throws(RecipeError) in
                    let configuration = try C.Configuration(resolving: tree, at: path)
                    try RecipeError.within(path) { () throws(RecipeError) in
                        try C.validate(configuration, for: model)
                    }
                },
                builder: Builder<Product> { tree, context throws(RecipeError) in
                    let configuration = try C.Configuration(resolving: tree)
                    try C.validate(configuration, for: context.model)
                    return erase(try C(configuration, in: context))
                }))
    }

    /// Adds a preset.
    ///
    /// Its recipe is read when it is used: it may name parts of plugins that are registered later.
    ///
    /// - Throws: `RegistryError` if the name is taken, naming both plugins.
    public mutating func register(preset: Preset) throws(RegistryError) {
        guard Self.isKebab(preset.name) else {
            throw .malformedKey(kind: "preset", key: preset.name, plugin: plugin)
        }
        if let first = presetPlugins[preset.name] {
            throw .duplicate(kind: "preset", key: preset.name, first: first, second: plugin)
        }
        presetPlugins[preset.name] = plugin
        presets.append(preset)
    }

    private static func isKebab(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) }
    }

    private func check<Product>(_ key: String, _ kind: PartKind<Product>) throws(RegistryError) {
        guard Self.isKebab(key) else { throw .malformedKey(kind: kind.name, key: key, plugin: plugin) }
        for entry in entries(of: kind.name) {
            guard entry.key != key else {
                throw .duplicate(kind: kind.name, key: key, first: entry.plugin, second: plugin)
            }
            guard entry.product == ObjectIdentifier(Product.self) else {
                throw .conflictingKind(kind: kind.name, plugin: plugin)
            }
        }
    }
}

/// Makes a part from its settings.
struct Builder<Product>: Sendable {
    let make: @Sendable (RecipeValue, BuildContext) throws(RecipeError) -> Product
}
