/// Tensors and scalars of a pickle by their paths: keys and positions joined with "/".
struct TorchContents {
    private static let maximumDepth = 64
    private static let maximumVisitCount = 2_000_000
    private static let maximumPathByteCount = 4096
    private static let maximumTotalPathByteCount = 1 << 27

    private(set) var tensors: [(name: String, layout: TorchTensorLayout)] = []
    private(set) var scalars: [(name: String, value: TorchScalar)] = []
    private var visitCount = 0
    private var pathByteCount = 0

    init(_ graph: PickleGraph, root: PickleGraph.Reference) throws(PickleFailure) {
        try visit(root, at: "", depth: 0, graph)
    }

    private mutating func visit(
        _ reference: PickleGraph.Reference, at path: String, depth: Int, _ graph: PickleGraph
    ) throws(PickleFailure) {
        visitCount += 1
        pathByteCount += path.utf8.count
        // Shared members can make a short pickle stand for a tree of any size, and cycles for one without end.
        guard depth <= Self.maximumDepth, visitCount <= Self.maximumVisitCount,
            path.utf8.count <= Self.maximumPathByteCount, pathByteCount <= Self.maximumTotalPathByteCount
        else { throw PickleFailure(reason: "its containers are nested too deeply or too often") }
        switch graph[reference] {
        case .none: scalars.append((path, .none))
        case .bool(let value): scalars.append((path, .bool(value)))
        case .integer(let value): scalars.append((path, .integer(value)))
        case .longInteger(let value): scalars.append((path, .longInteger(value)))
        case .float(let value): scalars.append((path, .float(value)))
        case .text(let value): scalars.append((path, .text(value)))
        case .bytes(let value): scalars.append((path, .bytes(value)))
        case .list(let members), .tuple(let members), .set(let members):
            for (index, member) in members.enumerated() {
                try visit(member, at: Self.join(path, String(index)), depth: depth + 1, graph)
            }
        case .dictionary(let pairs):
            for pair in pairs {
                try visit(pair.value, at: Self.join(path, try Self.name(pair.key, graph)), depth: depth + 1, graph)
            }
        case .tensor(let layout), .parameter(let layout?): tensors.append((path, layout))
        case .emptyTensor, .parameter(nil):
            throw PickleFailure(reason: "'\(path)' is a tensor object that was never given its storage")
        case .global, .storage: throw PickleFailure(reason: "'\(path)' is neither a tensor nor a plain value")
        }
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }

    private static func name(_ key: PickleGraph.Reference, _ graph: PickleGraph) throws(PickleFailure) -> String {
        switch graph[key] {
        case .text(let text): return text
        case .integer(let number): return String(number)
        case .bool(let value): return value ? "True" : "False"
        case .none: return "None"
        case .float(let number): return "\(number)"
        case .longInteger, .bytes, .list, .tuple, .set, .dictionary, .global, .storage, .tensor, .emptyTensor,
            .parameter:
            throw PickleFailure(reason: "a key of a dictionary is neither a text nor a number")
        }
    }
}
