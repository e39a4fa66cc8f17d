public import SwiffuseTensor

extension GoldenFixture {
    /// The file's bound for a group of tensors, `outputs` or `grads`.
    public func bound(for group: String) throws(GoldenError) -> GoldenBound {
        let settings = try description.root.settings("tolerance").settings(group)
        return .relative(l2: try settings.number("rel_l2"), maximum: try settings.number("max_abs_over_ref_max"))
    }

    /// Compares a computed tensor with the reference of that key, by the file's bound for the key's group.
    ///
    /// - Throws: `GoldenError` if the fixture is broken, `DeviceError` if computing failed.
    public func compare(_ computed: Tensor, with key: String, bound: GoldenBound? = nil) throws -> GoldenResult {
        try compare(computed.scalars().map { Double($0) }, shape: computed.shape, with: key, bound: bound)
    }

    /// Compares computed numbers with the reference of that key; one number may be stored with or without an axis.
    public func compare(
        _ computed: [Double], shape: Shape, with key: String, bound: GoldenBound? = nil
    ) throws(GoldenError) -> GoldenResult {
        guard contains(key) else { return .fail(key, "the fixture has no such tensor to compare with") }
        let stored = try self.shape(of: key)
        let isOneNumber = stored.allSatisfy { $0 == 1 } && computed.count == 1
        guard stored == shape.dimensions || isOneNumber else {
            return .fail(key, "the shape \(shape) was computed, \(stored) is expected")
        }
        let bound = if let bound { bound } else { try self.bound(for: String(key.prefix { $0 != "." })) }
        let difference = TensorDifference(computed, reference: try doubles(key))
        return GoldenResult(tensor: key, difference: difference, bound: bound)
    }

    /// Results for each case; a mistake in one does not stop the others.
    ///
    /// - Parameter run: compares one case; throws `GoldenError.unsupported` for those that it does not know.
    public func resultsByCase(_ run: (String) throws -> [GoldenResult]) -> [GoldenResult] {
        caseNames.flatMap { name in
            do {
                return try run(name)
            } catch {
                return GoldenFixture.results(of: error, for: references(ofCase: name))
            }
        }
    }

    /// The same failure, or lack of support, for several tensors.
    static func results(of error: any Error, for tensors: [String]) -> [GoldenResult] {
        tensors.map { tensor in
            if case .unsupported(let reason)? = error as? GoldenError { return .unsupported(tensor, reason) }
            return .fail(tensor, "\(error)")
        }
    }
}
