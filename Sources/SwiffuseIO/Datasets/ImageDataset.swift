/// Labelled pictures by number. Conformers are read from several threads at once.
public protocol ImageDataset: Sendable {
    /// Number of pictures.
    var count: Int { get }
    /// Number of classes; labels lie in 0..<classCount.
    var classCount: Int { get }
    /// A name for each class.
    var classNames: [String] { get }

    /// The class of picture `index` in 0..<count.
    func label(at index: Int) -> Int
    /// Picture `index` in 0..<count.
    func image(at index: Int) throws(DataError) -> ImageBuffer
    /// What errors call picture `index`.
    func name(at index: Int) -> String
    /// Whether pictures are kept decoded, so that asking for one costs next to nothing.
    var isInMemory: Bool { get }
}

extension ImageDataset {
    public var classCount: Int { classNames.count }

    public func name(at index: Int) -> String { "image \(index)" }

    public var isInMemory: Bool { false }
}
