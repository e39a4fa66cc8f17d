/// The extents of a tensor, outermost first; the empty shape is a scalar.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public let dimensions: [Int]

    public init(_ dimensions: [Int]) {
        require(dimensions.allSatisfy { $0 >= 0 }, "shape", "extents must not be negative, got \(dimensions)")
        self.dimensions = dimensions
    }

    public init(arrayLiteral elements: Int...) { self.init(elements) }

    public var rank: Int { dimensions.count }

    /// Number of elements; 1 for a scalar.
    public var count: Int { dimensions.reduce(1, *) }

    public var last: Int { dimensions.last ?? 1 }

    /// The extent of an axis; negative axes count from the end.
    public subscript(axis: Int) -> Int { dimensions[normalized(axis)] }

    /// The axis as a number in 0 ..< rank; negative axes count from the end.
    public func normalized(_ axis: Int) -> Int {
        let position = axis < 0 ? axis + rank : axis
        require(position >= 0 && position < rank, "axis", "axis \(axis) is outside the shape \(self)")
        return position
    }

    /// The shape with one axis replaced.
    public func replacing(_ axis: Int, with extent: Int) -> Shape {
        var changed = dimensions
        changed[normalized(axis)] = extent
        return Shape(changed)
    }

    /// Element strides of a dense row-major layout.
    public var contiguousStrides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * dimensions[axis + 1]
        }
        return strides
    }

    /// The common shape of two operands under NumPy broadcasting, or nil if there is none.
    public func broadcast(with other: Shape) -> Shape? {
        if self == other { return self }
        let rank = Swift.max(self.rank, other.rank)
        var result = [Int](repeating: 1, count: rank)
        for position in 1...Swift.max(rank, 1) where rank > 0 {
            let left = position <= self.rank ? dimensions[self.rank - position] : 1
            let right = position <= other.rank ? other.dimensions[other.rank - position] : 1
            guard left == right || left == 1 || right == 1 else { return nil }
            result[rank - position] = left == 1 ? right : left
        }
        return Shape(result)
    }

    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
