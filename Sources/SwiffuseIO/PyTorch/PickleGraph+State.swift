extension PickleGraph {
    /// Gives an object its state, which old versions of PyTorch write for tensors and parameters as well. That of a
    /// namespace is its contents; attributes of other containers do not matter.
    mutating func setState(_ state: Reference, of object: Reference) throws(PickleFailure) {
        switch self[object] {
        case .dictionary(let contents):
            guard contents.isEmpty, case .dictionary(let attributes) = self[state], isNamespace(object) else { return }
            try countCopy(of: attributes.count)  // made as soon as one of both changes
            self[object] = .dictionary(attributes)
        case .emptyTensor(let dtype): self[object] = .tensor(try tensor(ofState: state, dtype))
        case .parameter(let layout): self[object] = .tensor(try parameter(layout, withState: state))
        default: throw PickleFailure(reason: "it sets attributes of what has none")
        }
    }

    /// (storage, offset, shape, strides)
    private func tensor(ofState state: Reference, _ dtype: StoredDType) throws(PickleFailure) -> TorchTensorLayout {
        guard case .tuple(let parts) = self[state], parts.count == 4 else {
            throw PickleFailure(reason: "the state of a tensor object is not storage, offset, shape and strides")
        }
        let layout = try tensor(parts)
        guard layout.storage.dtype == dtype else {
            throw PickleFailure(
                reason: "a tensor object of \(dtype.rawValue) has a storage of \(layout.storage.dtype.rawValue)")
        }
        return layout
    }

    /// (has gradients, is volatile, hooks); of a parameter that was made of nothing, as the oldest files write it,
    /// (tensor, anything, hooks, has gradients, is volatile).
    private func parameter(
        _ layout: TorchTensorLayout?, withState state: Reference
    ) throws(PickleFailure) -> TorchTensorLayout {
        if case .tuple(let parts) = self[state] {
            if let layout, parts.count == 3, isBool(parts[0]), isBool(parts[1]), isHooks(parts[2]) { return layout }
            if layout == nil, parts.count == 5, isHooks(parts[2]), isBool(parts[3]), isBool(parts[4]),
                case .tensor(let layout) = self[parts[0]]
            {
                return layout
            }
        }
        throw PickleFailure(reason: "the state of a parameter is not one that PyTorch writes")
    }

    func isBool(_ reference: Reference) -> Bool {
        if case .bool = self[reference] { true } else { false }
    }

    /// Whether a node can be the functions to be called with gradients, of which there are none in files.
    private func isHooks(_ reference: Reference) -> Bool {
        switch self[reference] {
        case .none, .dictionary: true
        default: false
        }
    }
}
