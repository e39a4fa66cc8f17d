/// Reads the values of a map by key.
struct MapDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let map: RecipeMap
    let codingPath: [any CodingKey]

    var allKeys: [Key] { map.keys.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { map[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(for: key).decodeNil() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(for: key).decode(type) }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> { try decoder(for: key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(for: key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { ValueDecoder(value: map["super"] ?? .null, codingPath: codingPath) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(for: key) }

    private func decoder(for key: Key) throws -> ValueDecoder {
        let path = codingPath + [key]
        guard let value = map[key.stringValue] else {
            throw RecipeError(.missingKey, at: path.dotted, "missing", advice: "add the key")
        }
        return ValueDecoder(value: value, codingPath: path)
    }
}

/// Reads the elements of a list in order.
struct ListDecoder: UnkeyedDecodingContainer {
    let list: [RecipeValue]
    let codingPath: [any CodingKey]
    var currentIndex = 0

    init(list: [RecipeValue], codingPath: [any CodingKey]) {
        self.list = list
        self.codingPath = codingPath
    }

    var count: Int? { list.count }
    var isAtEnd: Bool { currentIndex >= list.count }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, list[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> ValueDecoder {
        let path = codingPath + [RecipeIndex(intValue: currentIndex)]
        guard !isAtEnd else {
            throw RecipeError(.missingKey, at: path.dotted, "the list has only \(list.count) elements")
        }
        defer { currentIndex += 1 }
        return ValueDecoder(value: list[currentIndex], codingPath: path)
    }
}
