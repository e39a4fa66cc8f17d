/// The position of an element in a list, as a coding key.
struct RecipeIndex: CodingKey {
    let position: Int

    init(intValue: Int) { position = intValue }

    init?(stringValue: String) {
        guard let position = Int(stringValue) else { return nil }
        self.position = position
    }

    var intValue: Int? { position }
    var stringValue: String { "\(position)" }
}

extension [any CodingKey] {
    /// Keys and list indices joined by dots.
    var dotted: String { map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".") }
}
