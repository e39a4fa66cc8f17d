/// What a pickle describes: plain containers, numbers, texts and references to stored tensors, as nodes of a graph.
///
/// Nodes refer to each other by number, so that sharing, cycles and any depth of nesting cost nothing and are freed
/// without recursion.
struct PickleGraph {
    typealias Reference = Int

    enum Node {
        case none
        case bool(Bool)
        case integer(Int64)
        /// An integer beyond 64 bits, little-endian two's complement.
        case longInteger([UInt8])
        case float(Double)
        case text(String)
        case bytes([UInt8])
        case list([Reference])
        case tuple([Reference])
        case set([Reference])
        /// Keys and values in the order of insertion.
        case dictionary([(key: Reference, value: Reference)])
        /// One of the names that are known to be harmless.
        case global(PickleGlobal)
        case storage(TorchStorageReference)
        case tensor(TorchTensorLayout)
        /// A tensor object of old PyTorch that waits for its storage.
        case emptyTensor(StoredDType)
        /// A parameter object whose state may follow, or that waits for its tensor.
        case parameter(TorchTensorLayout?)
    }

    static let maximumCopiedCount = 10_000_000

    private var nodes: [Node] = []
    /// Dictionaries that stand for objects with attributes.
    var namespaces: Set<Reference> = []
    /// Members of lists, and bytes of texts, that were copied so far.
    var copiedCount = 0

    subscript(reference: Reference) -> Node {
        get { nodes[reference] }
        set { nodes[reference] = newValue }
    }

    mutating func add(_ node: Node) -> Reference {
        nodes.append(node)
        return nodes.count - 1
    }

    /// A text.
    func text(_ reference: Reference) -> String? {
        if case .text(let text) = nodes[reference] { text } else { nil }
    }

    /// An integer of 64 bits.
    func integer(_ reference: Reference) -> Int? {
        if case .integer(let number) = nodes[reference] { Int(number) } else { nil }
    }

    /// The members of a list or tuple.
    func members(_ reference: Reference) -> [Reference]? {
        switch nodes[reference] {
        case .list(let members), .tuple(let members): members
        default: nil
        }
    }

    /// The integers of a list or tuple; nil if there are more than any tensor has dimensions.
    func integers(_ reference: Reference) -> [Int]? {
        guard let members = members(reference), members.count <= TorchTensorLayout.maximumRank else { return nil }
        let numbers = members.compactMap(integer)
        return numbers.count == members.count ? numbers : nil
    }
}

/// The names that a pickle may mention: they build tensors or plain containers. Everything else is refused.
enum PickleGlobal: Equatable {
    case orderedDictionary, set, frozenSet, size, namespace, encode
    case rebuildTensor, rebuildParameter
    /// Classes whose objects old versions of PyTorch wrote.
    case tensorType(StoredDType), parameterType
    case storageType(StoredDType)

    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("builtins", "set"), ("__builtin__", "set"): self = .set
        case ("builtins", "frozenset"), ("__builtin__", "frozenset"): self = .frozenSet
        case ("torch", "Size"): self = .size
        case ("argparse", "Namespace"): self = .namespace
        case ("_codecs", "encode"): self = .encode
        case ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch.nn.parameter", "Parameter"): self = .parameterType
        case ("torch", _):
            if let dtype = Self.storageTypes[name] {
                self = .storageType(dtype)
            } else if let dtype = Self.tensorTypes[name] {
                self = .tensorType(dtype)
            } else {
                return nil
            }
        case ("torch.cuda", _):
            guard let dtype = Self.tensorTypes[name] else { return nil }
            self = .tensorType(dtype)
        default: return nil
        }
    }

    private static let storageTypes: [String: StoredDType] = [
        "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool,
    ]

    /// Objects of the first versions of PyTorch; later ones write calls of `_rebuild_tensor`.
    private static let tensorTypes: [String: StoredDType] = [
        "DoubleTensor": .float64, "FloatTensor": .float32, "HalfTensor": .float16, "LongTensor": .int64,
        "IntTensor": .int32, "ShortTensor": .int16, "CharTensor": .int8, "ByteTensor": .uint8,
    ]
}

/// A named run of elements that tensors are views of.
struct TorchStorageReference: Equatable {
    let dtype: StoredDType
    let key: String
    let elementCount: Int
}

/// A view of a storage: element (i, j, …) lies at offset + i · strides[0] + j · strides[1] + …
struct TorchTensorLayout: Equatable {
    let storage: TorchStorageReference
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}
