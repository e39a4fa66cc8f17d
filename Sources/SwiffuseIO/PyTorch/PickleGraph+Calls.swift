extension PickleGraph {
    /// What a known name makes of its arguments.
    mutating func calling(_ global: PickleGlobal, _ arguments: [Reference]) throws(PickleFailure) -> Reference {
        switch global {
        case .orderedDictionary:
            return add(.dictionary(try pairs(ofList: arguments.first)))
        case .set, .frozenSet:
            return add(.set(try copiedMembers(arguments.first)))
        case .size:
            return add(.tuple(try copiedMembers(arguments.first)))
        case .namespace:
            let object = add(.dictionary([]))
            namespaces.insert(object)
            return object
        case .encode: return add(.bytes(try latin1(arguments)))
        case .rebuildTensor: return add(.tensor(try tensor(arguments)))
        case .rebuildParameter:
            guard let value = arguments.first, case .tensor = self[value] else {
                throw PickleFailure(reason: "a parameter holds no tensor")
            }
            return value
        case .tensorType(let dtype):
            guard arguments.isEmpty else { throw PickleFailure(reason: "a tensor object is made of arguments") }
            return add(.emptyTensor(dtype))
        case .parameterType: return add(.parameter(try parameter(arguments)))
        case .storageType: throw PickleFailure(reason: "it makes a storage by itself")
        }
    }

    /// Whether a dictionary stands for an object with attributes.
    func isNamespace(_ reference: Reference) -> Bool { namespaces.contains(reference) }

    /// The members of a list; none if there is no list.
    private mutating func copiedMembers(_ reference: Reference?) throws(PickleFailure) -> [Reference] {
        guard let reference else { return [] }
        guard let members = members(reference) else {
            throw PickleFailure(reason: "a set or size is not made of a list")
        }
        try countCopy(of: members.count)
        return members
    }

    /// Copies of one long list or text, again and again, could fill the memory from a short pickle.
    mutating func countCopy(of count: Int) throws(PickleFailure) {
        copiedCount += count
        guard copiedCount <= Self.maximumCopiedCount else { throw PickleFailure(reason: "it copies lists too often") }
    }

    private mutating func pairs(
        ofList reference: Reference?
    ) throws(PickleFailure) -> [(key: Reference, value: Reference)] {
        var pairs: [(key: Reference, value: Reference)] = []
        for item in try copiedMembers(reference) {
            guard let pair = members(item), pair.count == 2 else {
                throw PickleFailure(reason: "an item of a dictionary is not a pair")
            }
            pairs.append((pair[0], pair[1]))
        }
        return pairs
    }

    /// Bytes that old protocols write as a text in Latin-1.
    private mutating func latin1(_ arguments: [Reference]) throws(PickleFailure) -> [UInt8] {
        guard arguments.count == 2, let text = text(arguments[0]) else {
            throw PickleFailure(reason: "it encodes what is not a text")
        }
        try countCopy(of: text.utf8.count)
        guard ["latin1", "latin-1"].contains(self.text(arguments[1])),
            text.unicodeScalars.allSatisfy({ $0.value < 256 })
        else { throw PickleFailure(reason: "a text is encoded in another way than Latin-1") }
        return text.unicodeScalars.map { UInt8($0.value) }
    }

    /// What a parameter is made of: nothing yet, or a tensor and whether it has gradients.
    private func parameter(_ arguments: [Reference]) throws(PickleFailure) -> TorchTensorLayout? {
        guard let value = arguments.first else { return nil }
        guard arguments.count <= 2, arguments.dropFirst().allSatisfy(isBool), case .tensor(let layout) = self[value]
        else { throw PickleFailure(reason: "a parameter holds no tensor") }
        return layout
    }

    /// The view of a storage that storage, offset, shape and strides describe.
    func tensor(_ arguments: [Reference]) throws(PickleFailure) -> TorchTensorLayout {
        guard arguments.count >= 4, case .storage(let storage) = self[arguments[0]], let offset = integer(arguments[1]),
            let shape = integers(arguments[2]), let strides = integers(arguments[3])
        else { throw PickleFailure(reason: "a tensor is not described by storage, offset, shape and strides") }
        let layout = TorchTensorLayout(storage: storage, offset: offset, shape: shape, strides: strides)
        if let objection = layout.objection { throw PickleFailure(reason: "a tensor \(objection)") }
        return layout
    }
}

extension TorchTensorLayout {
    static let maximumRank = 16

    /// Number of elements; the layout must have no objection.
    var elementCount: Int { shape.reduce(1, *) }

    /// What is wrong with a layout, or nil.
    fileprivate var objection: String? {
        guard shape.count == strides.count, shape.count <= Self.maximumRank else {
            return "has \(shape.count) dimensions and \(strides.count) strides"
        }
        guard offset >= 0, shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }),
            let byteCount = storage.dtype.byteCount(ofShape: shape)
        else { return "has the impossible shape \(shape) at \(offset)" }
        if shape.contains(0) { return nil }
        var last = offset
        for (extent, stride) in zip(shape, strides) {
            let (distance, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflowToo) = last.addingReportingOverflow(distance)
            if overflow || overflowToo { return "reaches beyond all memory" }
            last = sum
        }
        guard last < storage.elementCount else {
            return "of shape \(shape) reaches element \(last) of a storage of \(storage.elementCount)"
        }
        // Repeated elements (stride 0) may make a tensor larger than its storage, but not without bound.
        let allowance = (1 << 20) + 64 * storage.elementCount * storage.dtype.byteCount
        return byteCount <= allowance ? nil : "of shape \(shape) repeats a storage of \(storage.elementCount) elements"
    }
}
