/// Some pictures of a data set, under numbers of their own.
public struct ImageSubset<Base: ImageDataset>: ImageDataset {
    private let base: Base
    private let indices: [UInt32]

    /// - Parameter indices: numbers of pictures in `base`.
    public init(_ base: Base, indices: [Int]) {
        require(
            indices.allSatisfy { (0..<base.count).contains($0) }, "a subset with pictures outside 0..<\(base.count)")
        self.base = base
        self.indices = indices.map { UInt32($0) }
    }

    public var count: Int { indices.count }

    public var isInMemory: Bool { base.isInMemory }
    public var classCount: Int { base.classCount }
    public var classNames: [String] { base.classNames }
    public func label(at index: Int) -> Int { base.label(at: Int(indices[index])) }
    public func image(at index: Int) throws(DataError) -> ImageBuffer { try base.image(at: Int(indices[index])) }
    public func name(at index: Int) -> String { base.name(at: Int(indices[index])) }
}

/// Which pictures of a data set are held out for validation.
public struct HeldOutSplit: Sendable, Equatable {
    /// Numbers of the pictures to train on, ascending.
    public let training: [Int]
    /// Numbers of the pictures never trained on, ascending.
    public let validation: [Int]

    /// Chooses pictures by a fixed shuffle: the same for every run over `count` pictures, whatever its seed.
    ///
    /// - Parameters:
    ///   - heldOut: how many to hold out; at most `count`.
    ///   - count: how many there are.
    public init(holdingOut heldOut: Int, of count: Int) {
        require(heldOut >= 0 && heldOut <= count, "\(heldOut) pictures held out of \(count)")
        var order = Array(0..<count)
        var random = SplitMix64(seed: 0x7661_6c69_6461_7465, stream: 0)
        random.shuffle(&order)
        validation = order[..<heldOut].sorted()
        training = order[heldOut...].sorted()
    }
}
