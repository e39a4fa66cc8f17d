/// Makes a `Codable` configuration from a tree, with messages that name the path, the value found and the type
/// expected.
package enum RecipeDecoder {
    package static func decode<T: Decodable>(
        _ type: T.Type, from value: RecipeValue, at path: String = ""
    ) throws(RecipeError) -> T {
        do {
            return try ValueDecoder(value: value, codingPath: []).decode(type)
        } catch let error as RecipeError {
            throw error.prefixed(by: path)
        } catch let error as DecodingError {
            throw RecipeError(error).prefixed(by: path)
        } catch {
            throw RecipeError(.invalidValue, at: path, "cannot be read: \(Spelling.shortened("\(error)"))")
        }
    }
}

extension RecipeError {
    /// What a hand-written `init(from:)` or the standard library threw.
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(
                .missingKey, at: RecipeError.join(context.codingPath.dotted, key.stringValue), "missing",
                advice: "add the key")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            self.init(.wrongType, at: context.codingPath.dotted, Spelling.shortened(context.debugDescription))
        @unknown default:
            self.init(.invalidValue, at: "", "cannot be read")
        }
    }
}

/// The decoder of one node and its single-value container.
struct ValueDecoder: Decoder, SingleValueDecodingContainer {
    let value: RecipeValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .map(let map) = value else { throw mismatch("a map") }
        return KeyedDecodingContainer(MapDecoder<Key>(map: map, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .list(let list) = value else { throw mismatch("a list") }
        return ListDecoder(list: list, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { value == .null }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let scalar = try scalar(for: type) as? T { return scalar }
        if let choices = RecipeChoices.names(of: type) { try check(oneOf: choices) }
        return try T(from: self)
    }

    /// The value as one of the standard scalars, or `nil` if the type is none of them.
    private func scalar(for type: any Any.Type) throws -> (any Sendable)? {
        if type == Bool.self { return try bool() }
        if type == String.self { return try string() }
        if type == Double.self { return try number() }
        if type == Float.self { return try float() }
        if let type = type as? any (FixedWidthInteger & Sendable).Type { return try integer(type) }
        return nil
    }

    func mismatch(_ expected: String) -> RecipeError {
        RecipeError(.wrongType, at: codingPath.dotted, "found \(value.summary), expected \(expected)")
    }
}

extension ValueDecoder {
    private func bool() throws -> Bool {
        guard case .bool(let bool) = value else { throw mismatch("true or false") }
        return bool
    }

    private func string() throws -> String {
        guard case .string(let string) = value else { throw mismatch("text") }
        return string
    }

    private func number() throws -> Double {
        switch value {
        case .integer(let integer): return Double(integer)
        case .number(let number) where number.isFinite: return number
        case .null, .bool, .number, .string, .list, .map: throw mismatch("a number")
        }
    }

    private func float() throws -> Float {
        let float = Float(try number())
        guard float.isFinite else { throw mismatch("a number up to 3e38") }
        return float
    }

    /// Integers, and numbers such as `1e5` that are integers in all but spelling.
    private func integer<T: FixedWidthInteger & Sendable>(_ type: T.Type) throws -> (any Sendable)? {
        let exact: T? =
            switch value {
            case .integer(let integer): T(exactly: integer)
            case .number(let number): number.magnitude < 9e15 ? T(exactly: number) : nil
            case .null, .bool, .string, .list, .map: nil
            }
        guard let exact else { throw mismatch(type.min < 0 ? "an integer" : "an integer, 0 or more") }
        return exact
    }

    private func check(oneOf choices: [String]) throws {
        guard case .string(let name) = value, choices.contains(name) else {
            let advice = value.string.flatMap { Spelling.nearest(to: $0, among: choices) }.map { "did you mean \($0)?" }
            throw RecipeError(
                .wrongType, at: codingPath.dotted,
                "found \(value.summary), expected one of \(choices.joined(separator: ", "))", advice: advice ?? "")
        }
    }
}

/// The spellings of an enumeration whose cases are named by strings.
private enum RecipeChoices {
    static func names(of type: any Any.Type) -> [String]? {
        guard let type = type as? any (CaseIterable & RawRepresentable).Type else { return nil }
        return rawNames(of: type)
    }

    private static func rawNames<T: CaseIterable & RawRepresentable>(of type: T.Type) -> [String]? {
        let names = type.allCases.compactMap { $0.rawValue as? String }
        return names.isEmpty ? nil : names
    }
}
