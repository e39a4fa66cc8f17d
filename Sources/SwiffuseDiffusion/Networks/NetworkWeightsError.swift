import SwiffuseIO

/// Why the weights of a frozen network cannot be used.
public enum NetworkWeightsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The recipe does not say where they are.
    case notNamed(network: String, setting: String)
    /// The file has none of the names under which a parameter is known.
    case missing(path: String, names: [String], nearest: String?)
    /// A tensor has another shape than the network needs.
    case shape(path: String, name: String, found: [Int], expected: [Int])
    /// The file has a parameter under two names, with different values.
    case contradiction(path: String, name: String, other: String)
    /// The file and the network do not match.
    case unfit(NetworkWeightsReport)
    /// The file says that its network has other settings.
    case settings(path: String, [NetworkSettingDifference])
    /// One of the others, and where the recipe names the network: `losses.1`.
    indirect case located(at: String, NetworkWeightsError)

    public var description: String { text.printable }

    private var text: String {
        switch self {
        case .notNamed(let network, let setting):
            "\(network) needs the weights of a trained network: set its \(setting).file to a PyTorch or "
                + "safetensors file (\(setting).source: random only tries things out)"
        case .missing(let path, let names, let nearest):
            "\(path) holds none of the tensors \(NetworkWeightsReport.text(ofMissing: names, nearest))"
        case .shape(let path, let name, let found, let expected):
            "\(path): tensor \(NetworkWeightsReport.text(of: name, found, expected)); choose the network's size to fit "
                + "the file"
        case .contradiction(let path, let name, let other):
            "\(path): \(NetworkWeightsReport.text(ofDifferent: name, other)); give a file that has one of them"
        case .unfit(let report): report.description
        case .settings(let path, let differences):
            "\(path) was trained with \(differences.map(\.description).joined(separator: "; ")); set the network as in "
                + "the file"
        case .located(let place, let error): "\(place): \(error.text)"
        }
    }
}

/// A setting of a frozen network that is not the one its file was trained with.
public struct NetworkSettingDifference: Sendable, Equatable, CustomStringConvertible {
    public let name: String
    /// The recipe's value.
    public let found: String
    /// The file's.
    public let expected: String

    public init(name: String, found: String, expected: String) {
        self.name = name
        self.found = found
        self.expected = expected
    }

    public var description: String { "\(name) \(expected), the network is set to \(found)" }
}

/// In what a file and a frozen network differ.
public struct NetworkWeightsReport: Sendable, Equatable, CustomStringConvertible {
    public let path: String
    public let parameterCount: Int
    /// Parameters that the file does not have: the names under which they are known.
    public private(set) var missing: [String] = []
    /// Tensors that have another shape than the network needs.
    public private(set) var mismatched: [String] = []
    /// Parameters that the file has under two names, with different values.
    public private(set) var contradictory: [String] = []
    /// Tensors that no parameter asked for.
    public var unused: [String] = []

    init(path: String, parameterCount: Int) {
        self.path = path
        self.parameterCount = parameterCount
    }

    var isEmpty: Bool { missing.isEmpty && mismatched.isEmpty && contradictory.isEmpty && unused.isEmpty }

    /// Adds what went wrong with one parameter.
    ///
    /// - Throws: the error, if it is about more than that.
    mutating func add(_ error: NetworkWeightsError) throws(NetworkWeightsError) {
        switch error {
        case .missing(_, let names, let nearest): missing.append(Self.text(ofMissing: names, nearest))
        case .shape(_, let name, let found, let expected): mismatched.append(Self.text(of: name, found, expected))
        case .contradiction(_, let name, let other): contradictory.append(Self.text(ofDifferent: name, other))
        case .notNamed, .unfit, .settings, .located: throw error
        }
    }

    static func text(ofMissing names: [String], _ nearest: String?) -> String {
        names.joined(separator: ", ") + (nearest.map { " (the most similar name is '\($0)')" } ?? "")
    }

    static func text(ofDifferent name: String, _ other: String) -> String {
        "'\(name)' and '\(other)' are one parameter but differ"
    }

    static func text(of name: String, _ found: [Int], _ expected: [Int]) -> String {
        "'\(name)' is \(found), the network needs \(expected)"
    }

    public var description: String {
        let parts = [
            ("missing", missing), ("of another shape", mismatched), ("contradictory", contradictory),
            ("unused", unused),
        ]
        .filter { !$0.1.isEmpty }
        .map { "\($1.count) \($0): \($1.prefix(3).joined(separator: "; "))\($1.count > 3 ? "; …" : "")" }
        let counts = "\(path) does not fit the network of \(parameterCount) parameters"
        let isUnclear = missing.isEmpty && mismatched.isEmpty && unused.isEmpty
        let advice =
            isUnclear ? "give a file that has each parameter once" : "choose the network's settings to fit the file"
        return ([counts] + parts + [advice]).joined(separator: "; ").printable
    }
}
