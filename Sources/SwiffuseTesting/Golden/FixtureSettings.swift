/// An object inside a fixture's JSON, read strictly: what is missing or of another type is an error that names file and
/// place.
public struct FixtureSettings: Sendable {
    /// The JSON file.
    public let file: String
    /// Where the object stands in it, such as `config.net`.
    public let place: String
    public let values: [String: JSONValue]

    public init(_ values: [String: JSONValue], at place: String, in file: String) {
        self.values = values
        self.place = place
        self.file = file
    }

    public func contains(_ key: String) -> Bool { values[key] != nil && values[key] != .null }

    public func integer(_ key: String) throws(GoldenError) -> Int { try read(key, "an integer", \.integer) }

    public func number(_ key: String) throws(GoldenError) -> Double { try read(key, "a number", \.number) }

    public func text(_ key: String) throws(GoldenError) -> String { try read(key, "a string", \.text) }

    public func bool(_ key: String) throws(GoldenError) -> Bool { try read(key, "true or false", \.bool) }

    public func list(_ key: String) throws(GoldenError) -> [JSONValue] { try read(key, "a list", \.elements) }

    /// An object inside this one.
    public func settings(_ key: String) throws(GoldenError) -> FixtureSettings {
        FixtureSettings(try read(key, "an object", \.members), at: "\(place).\(key)", in: file)
    }

    /// A number of a setting that may be left out.
    public func number(_ key: String, default fallback: Double) throws(GoldenError) -> Double {
        contains(key) ? try number(key) : fallback
    }

    /// An integer of a setting that may be left out.
    public func integer(_ key: String, default fallback: Int) throws(GoldenError) -> Int {
        contains(key) ? try integer(key) : fallback
    }

    /// A Boolean of a setting that may be left out.
    public func bool(_ key: String, default fallback: Bool) throws(GoldenError) -> Bool {
        contains(key) ? try bool(key) : fallback
    }

    /// A text of a setting that may be left out.
    public func text(_ key: String, default fallback: String) throws(GoldenError) -> String {
        contains(key) ? try text(key) : fallback
    }

    /// An error about a setting.
    public func malformed(_ key: String, _ reason: String) -> GoldenError {
        .malformed(path: file, reason: "\(place).\(key) \(reason)")
    }

    private func read<Value>(
        _ key: String, _ wanted: String, _ convert: (JSONValue) -> Value?
    ) throws(GoldenError) -> Value {
        guard let value = values[key] else { throw malformed(key, "is missing") }
        guard let converted = convert(value) else { throw malformed(key, "is not \(wanted)") }
        return converted
    }
}
