/// Reads a pickle (protocols 0 to 5) of tensors and plain containers. Nothing is ever run: the few names that are
/// allowed are recognised, all others are refused by name.
struct PickleReader {
    /// Turns the persistent identifiers that stand for storages into references.
    typealias StorageResolver = (PickleGraph, PickleGraph.Reference) throws(PickleFailure) -> TorchStorageReference

    /// Each instruction may cost some hundred bytes of memory: this keeps the whole far below 1 GiB.
    private static let maximumInstructionCount = 1 << 22

    private enum Item {
        case mark
        case value(PickleGraph.Reference)
    }

    private(set) var graph = PickleGraph()
    private var bytes: PickleBytes
    private var stack: [Item] = []
    private var memo: [Int: PickleGraph.Reference] = [:]
    private var instructionCount = 0
    private let resolve: StorageResolver

    /// - Parameters:
    ///   - bytes: at the pickle's first byte.
    ///   - resolve: what to do with persistent identifiers.
    init(_ bytes: PickleBytes, resolvingStorages resolve: @escaping StorageResolver) {
        self.bytes = bytes
        self.resolve = resolve
    }

    /// The byte after what has been read.
    var position: Int { bytes.position }

    /// Reads one pickle.
    ///
    /// - Returns: its value in `graph`.
    mutating func read() throws(PickleFailure) -> PickleGraph.Reference {
        stack = []
        memo = [:]
        while true {
            let code = try bytes.byte()
            guard let operation = PickleOperation(rawValue: code) else {
                throw PickleFailure(reason: "the instruction \(code) is not one of a pickle of tensors")
            }
            if operation == .stop { return try pop() }
            instructionCount += 1
            guard instructionCount <= Self.maximumInstructionCount else {
                throw PickleFailure(reason: "it has more than \(Self.maximumInstructionCount) instructions")
            }
            try perform(operation)
        }
    }

    private mutating func perform(_ operation: PickleOperation) throws(PickleFailure) {
        switch operation {
        case .stop: break
        case .protocolVersion: _ = try bytes.byte()
        case .frame: _ = try bytes.take(8)
        case .mark: stack.append(.mark)
        case .pop: _ = stack.popLast()
        case .popMark: _ = try popToMark()
        case .duplicate: push(try top())
        case .none, .newTrue, .newFalse, .int1, .int2, .int4, .integer, .longInteger, .long1, .long4, .float,
            .binaryFloat:
            push(graph.add(try number(operation)))
        case .text, .text1, .text4, .text8, .string1, .string4, .bytes1, .bytes4, .bytes8:
            push(graph.add(try characters(operation)))
        case .emptyList: push(graph.add(.list([])))
        case .emptyTuple: push(graph.add(.tuple([])))
        case .emptyDictionary: push(graph.add(.dictionary([])))
        case .emptySet: push(graph.add(.set([])))
        case .list: push(graph.add(.list(try popToMark())))
        case .tuple: push(graph.add(.tuple(try popToMark())))
        case .frozenSet: push(graph.add(.set(try popToMark())))
        case .tuple1: push(graph.add(.tuple(try pop(1))))
        case .tuple2: push(graph.add(.tuple(try pop(2))))
        case .tuple3: push(graph.add(.tuple(try pop(3))))
        case .dictionary: push(graph.add(.dictionary(try Self.pairs(popToMark()))))
        case .append: try append(try pop(1))
        case .appends, .addItems: try append(try popToMark())
        case .setItem: try insert(try pop(2))
        case .setItems: try insert(try popToMark())
        case .global: push(try global(module: try bytes.line(), name: try bytes.line()))
        case .stackGlobal: try stackGlobal()
        case .reduce, .newObject: try reduce()
        case .build:
            let state = try pop()
            try graph.setState(state, of: try top())
        case .put: memo[try decimal(try bytes.line())] = try top()
        case .put1: memo[try bytes.unsigned(1)] = try top()
        case .put4: memo[try bytes.unsigned(4)] = try top()
        case .memoize: memo[memo.count] = try top()
        case .get: push(try remembered(try decimal(try bytes.line())))
        case .get1: push(try remembered(try bytes.unsigned(1)))
        case .get4: push(try remembered(try bytes.unsigned(4)))
        case .persistentIdentifier: push(graph.add(.storage(try resolve(graph, try pop()))))
        }
    }
}

// MARK: Stack

extension PickleReader {
    private mutating func push(_ reference: PickleGraph.Reference) { stack.append(.value(reference)) }

    private func top() throws(PickleFailure) -> PickleGraph.Reference {
        guard case .value(let reference)? = stack.last else { throw PickleFailure(reason: "its stack is empty") }
        return reference
    }

    private mutating func pop() throws(PickleFailure) -> PickleGraph.Reference {
        let reference = try top()
        stack.removeLast()
        return reference
    }

    private mutating func pop(_ count: Int) throws(PickleFailure) -> [PickleGraph.Reference] {
        var references: [PickleGraph.Reference] = []
        for _ in 0..<count { references.append(try pop()) }
        return references.reversed()
    }

    private mutating func popToMark() throws(PickleFailure) -> [PickleGraph.Reference] {
        var references: [PickleGraph.Reference] = []
        while case .value(let reference)? = stack.last {
            references.append(reference)
            stack.removeLast()
        }
        guard stack.popLast() != nil else { throw PickleFailure(reason: "its stack has no mark") }
        return references.reversed()
    }

    private func remembered(_ number: Int) throws(PickleFailure) -> PickleGraph.Reference {
        guard let reference = memo[number] else { throw PickleFailure(reason: "it recalls what it never stored") }
        return reference
    }

    private func decimal(_ line: String) throws(PickleFailure) -> Int {
        guard let number = Int(line) else { throw PickleFailure(reason: "'\(line.prefix(20))' is not a number") }
        return number
    }
}

// MARK: Containers and objects

extension PickleReader {
    private static func pairs(
        _ items: [PickleGraph.Reference]
    ) throws(PickleFailure) -> [(key: PickleGraph.Reference, value: PickleGraph.Reference)] {
        guard items.count.isMultiple(of: 2) else { throw PickleFailure(reason: "a key has no value") }
        return stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) }
    }

    private mutating func append(_ items: [PickleGraph.Reference]) throws(PickleFailure) {
        let container = try top()
        switch graph[container] {
        case .list(var members):
            graph[container] = .none  // so that appending does not copy
            members += items
            graph[container] = .list(members)
        case .set(var members):
            graph[container] = .none
            members += items
            graph[container] = .set(members)
        default: throw PickleFailure(reason: "it appends to what is neither a list nor a set")
        }
    }

    private mutating func insert(_ items: [PickleGraph.Reference]) throws(PickleFailure) {
        let container = try top()
        guard case .dictionary(var pairs) = graph[container] else {
            throw PickleFailure(reason: "it stores items in what is not a dictionary")
        }
        graph[container] = .none
        pairs += try Self.pairs(items)
        graph[container] = .dictionary(pairs)
    }

    private mutating func global(module: String, name: String) throws(PickleFailure) -> PickleGraph.Reference {
        guard let global = PickleGlobal(module: module, name: name) else {
            let full = "\(module).\(name)".unicodeScalars.prefix(80).map {
                $0.properties.isWhitespace ? " " : String($0)
            }
            throw PickleFailure(
                reason: "it asks for \(full.joined()), which is neither a tensor nor a plain container; nothing was run"
            )
        }
        return graph.add(.global(global))
    }

    private mutating func stackGlobal() throws(PickleFailure) {
        let names = try pop(2)
        guard let module = graph.text(names[0]), let name = graph.text(names[1]) else {
            throw PickleFailure(reason: "a name is not a text")
        }
        push(try global(module: module, name: name))
    }

    /// A call of a known name with a tuple of arguments.
    private mutating func reduce() throws(PickleFailure) {
        let operands = try pop(2)
        guard case .global(let global) = graph[operands[0]], case .tuple(let arguments) = graph[operands[1]] else {
            throw PickleFailure(reason: "it calls what is not a name")
        }
        push(try graph.calling(global, arguments))
    }
}

// MARK: Numbers and texts

extension PickleReader {
    private mutating func number(_ operation: PickleOperation) throws(PickleFailure) -> PickleGraph.Node {
        switch operation {
        case .none: return .none
        case .newTrue: return .bool(true)
        case .newFalse: return .bool(false)
        case .int1: return .integer(Int64(try bytes.unsigned(1)))
        case .int2: return .integer(Int64(try bytes.unsigned(2)))
        case .int4: return .integer(try bytes.int32())
        case .long1: return Self.integer(Array(try bytes.take(try bytes.unsigned(1))))
        case .long4: return Self.integer(Array(try bytes.take(try bytes.unsigned(4))))
        case .integer, .longInteger:
            let line = try bytes.line()
            if operation == .integer && (line == "00" || line == "01") { return .bool(line == "01") }
            return .integer(Int64(try decimal(line.hasSuffix("L") ? String(line.dropLast()) : line)))
        case .binaryFloat: return .float(try bytes.float64())
        default:
            let line = try bytes.line()
            guard let value = Double(line) else { throw PickleFailure(reason: "'\(line.prefix(20))' is not a number") }
            return .float(value)
        }
    }

    /// An integer in little-endian two's complement.
    private static func integer(_ bytes: [UInt8]) -> PickleGraph.Node {
        guard bytes.count <= 8 else { return .longInteger(bytes) }
        let filler: UInt8 = (bytes.last ?? 0) >= 128 ? 255 : 0
        let padded = bytes + [UInt8](repeating: filler, count: 8 - bytes.count)
        return .integer(Int64(bitPattern: padded.reversed().reduce(0) { $0 << 8 | UInt64($1) }))
    }

    private mutating func characters(_ operation: PickleOperation) throws(PickleFailure) -> PickleGraph.Node {
        switch operation {
        case .text1: return .text(try bytes.text(try bytes.unsigned(1)))
        case .text4: return .text(try bytes.text(try bytes.unsigned(4)))
        case .text8: return .text(try bytes.text(try bytes.unsigned(8)))
        case .string1: return .text(try bytes.text(try bytes.unsigned(1)))
        case .string4: return .text(try bytes.text(try bytes.unsigned(4)))
        case .bytes1: return .bytes(Array(try bytes.take(try bytes.unsigned(1))))
        case .bytes4: return .bytes(Array(try bytes.take(try bytes.unsigned(4))))
        case .bytes8: return .bytes(Array(try bytes.take(try bytes.unsigned(8))))
        default: return .text(try bytes.line())
        }
    }
}
