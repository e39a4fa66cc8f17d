import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor

extension GoldenFixture {
    /// The shape of a stored tensor.
    public func shape(of key: String) throws(GoldenError) -> [Int] {
        do { return try tensors.entry(key).shape } catch { throw GoldenError(error, path: tensors.path) }
    }

    /// The shape of a stored tensor, which must have the given extents; nil allows any.
    @discardableResult
    public func shape(of key: String, expecting extents: [Int?]) throws(GoldenError) -> [Int] {
        let shape = try shape(of: key)
        let fits = shape.count == extents.count && zip(shape, extents).allSatisfy { $1 == nil || $0 == $1 }
        guard fits else {
            let wanted = extents.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw malformed("\(key) has the shape \(shape), but the configuration needs [\(wanted)]")
        }
        return shape
    }

    /// A stored tensor as float32 on a device.
    ///
    /// - Parameter extents: the shape that it must have; nil allows any extent.
    public func tensor(_ key: String, shape extents: [Int?], on device: any Device) throws(GoldenError) -> Tensor {
        let shape = try shape(of: key, expecting: extents)
        return Tensor(try floats(key), shape: Shape(shape), on: device)
    }

    /// Stored numbers as Float32, row-major.
    public func floats(_ key: String) throws(GoldenError) -> [Float] {
        do { return try tensors.float32(of: key) } catch { throw GoldenError(error, path: tensors.path) }
    }

    /// Stored numbers as Float64, row-major.
    public func doubles(_ key: String) throws(GoldenError) -> [Double] {
        do { return try tensors.float64(of: key) } catch { throw GoldenError(error, path: tensors.path) }
    }

    /// Stored integers, row-major, each within `range`.
    public func integers(_ key: String, in range: ClosedRange<Int>) throws(GoldenError) -> [Int] {
        let values: [Int64]
        do { values = try tensors.int64(of: key) } catch { throw GoldenError(error, path: tensors.path) }
        let integers = values.map { Int($0) }
        if let outlier = integers.first(where: { !range.contains($0) }) {
            throw malformed("\(key) holds \(outlier), which is not within \(range.lowerBound) to \(range.upperBound)")
        }
        return integers
    }

    /// Stored weights for everything that a scope declares, by key and shape, with nothing missing and nothing left
    /// over.
    ///
    /// - Parameters:
    ///   - prefix: what stands before the keys, such as `weights.`.
    ///   - others: prefixes of keys that belong to something else.
    public func parameters(
        of scope: Scope, prefix: String, leaving others: [String] = [], on device: any Device
    ) throws(GoldenError) -> ParameterStore {
        let declared = scope.parameters
        let keys = Set(declared.map { prefix + $0.key })
        let surplus = names(prefix: prefix).first { name in
            !keys.contains(name) && !others.contains { name.hasPrefix($0) }
        }
        if let surplus { throw malformed("\(surplus) has no counterpart in the model") }
        // Every shape is checked before anything is allocated.
        for parameter in declared {
            try shape(of: prefix + parameter.key, expecting: parameter.shape.dimensions.map { $0 })
        }
        var values: [Tensor] = []
        for parameter in declared {
            values.append(Tensor(try floats(prefix + parameter.key), shape: parameter.shape, on: device))
        }
        return ParameterStore(declared, values: values)
    }
}
