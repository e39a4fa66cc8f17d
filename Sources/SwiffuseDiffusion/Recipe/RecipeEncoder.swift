/// Writes a `Codable` configuration as a tree, keeping the order in which its fields are declared.
package enum RecipeEncoder {
    /// - Throws: `RecipeError` if a number is not finite or does not fit an `Int`.
    package static func encode(_ value: some Encodable, at path: String = "") throws(RecipeError) -> RecipeValue {
        let node = EncodedNode()
        do {
            try NodeEncoder(node: node, codingPath: []).encode(value)
        } catch let error as RecipeError {
            throw error.prefixed(by: path)
        } catch {
            throw RecipeError(.invalidValue, at: path, "cannot be written: \(Spelling.shortened("\(error)"))")
        }
        return node.value
    }
}

/// One node while it is being written; containers share it by reference, as `Encoder` demands.
private final class EncodedNode {
    enum Content {
        case scalar(RecipeValue)
        case map([(key: String, node: EncodedNode)])
        case list([EncodedNode])
    }

    var content = Content.scalar(.null)

    var value: RecipeValue {
        switch content {
        case .scalar(let value): return value
        case .list(let nodes): return .list(nodes.map(\.value))
        case .map(let entries):
            var map = RecipeMap()
            for entry in entries { map[entry.key] = entry.node.value }
            return .map(map)
        }
    }

    func child(_ key: String) -> EncodedNode {
        let node = EncodedNode()
        guard case .map(let entries) = content else {
            content = .map([(key, node)])
            return node
        }
        content = .map(entries + [(key, node)])
        return node
    }

    func element() -> EncodedNode {
        let node = EncodedNode()
        if case .list(let nodes) = content { content = .list(nodes + [node]) } else { content = .list([node]) }
        return node
    }

    var count: Int { if case .list(let nodes) = content { nodes.count } else { 0 } }
}

/// The encoder of one node and its single-value container.
private struct NodeEncoder: Encoder, SingleValueEncodingContainer {
    let node: EncodedNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .scalar = node.content { node.content = .map([]) }
        return KeyedEncodingContainer(MapEncoder<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .scalar = node.content { node.content = .list([]) }
        return ListEncoder(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { node.content = .scalar(.null) }

    func encode<T: Encodable>(_ value: T) throws {
        switch value {
        case let value as Bool: node.content = .scalar(.bool(value))
        case let value as String: node.content = .scalar(.string(value))
        case let value as Double: node.content = .scalar(.number(try finite(value)))
        // The shortest decimal of a Float: 0.1, not 0.10000000149011612.
        case let value as Float: node.content = .scalar(.number(try finite(Double(value.description) ?? .nan)))
        case let value as any BinaryInteger:
            guard let integer = Int(exactly: value) else {
                throw RecipeError(.invalidValue, at: codingPath.dotted, "\(value) does not fit an integer")
            }
            node.content = .scalar(.integer(integer))
        default: try value.encode(to: self)
        }
    }

    private func finite(_ value: Double) throws -> Double {
        guard value.isFinite else { throw RecipeError(.invalidValue, at: codingPath.dotted, "\(value) is not finite") }
        return value
    }
}

private struct MapEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodedNode
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { _ = node.child(key.stringValue) }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder(for: key).encode(value) }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Inner> { encoder(for: key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(for: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { NodeEncoder(node: node.child("super"), codingPath: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(for: key) }

    private func encoder(for key: Key) -> NodeEncoder {
        NodeEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct ListEncoder: UnkeyedEncodingContainer {
    let node: EncodedNode
    let codingPath: [any CodingKey]
    var count: Int { node.count }

    func encodeNil() { _ = node.element() }

    func encode<T: Encodable>(_ value: T) throws { try encoder().encode(value) }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder() }

    private func encoder() -> NodeEncoder {
        let key = RecipeIndex(intValue: count)
        return NodeEncoder(node: node.element(), codingPath: codingPath + [key])
    }
}
