/// Why the weights of a frozen network cannot be used.
public enum NetworkWeightsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The recipe does not say where they are.
    case notNamed(network: String, setting: String)
    /// The file has none of the names under which a parameter is known.
    case missing(path: String, names: [String], nearest: String?)
    /// A tensor has another shape than the network needs.
    case shape(path: String, name: String, found: [Int], expected: [Int])

    public var description: String {
        switch self {
        case .notNamed(let network, let setting):
            "\(network) needs the weights of a trained network: set its \(setting).file to a PyTorch or "
                + "safetensors file (\(setting).source: random only tries things out)"
        case .missing(let path, let names, let nearest):
            "\(path) holds none of the tensors \(names.joined(separator: ", "))"
                + (nearest.map { "; the most similar name is '\($0)'" } ?? "")
        case .shape(let path, let name, let found, let expected):
            "\(path): tensor '\(name)' is \(found), the network needs \(expected); "
                + "choose the network's size to fit the file"
        }
    }
}
