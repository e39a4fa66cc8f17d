/// Pictures in one folder per class: `root/CLASS/*.png` and `*.jpg`.
///
/// Classes are numbered by the byte order of their folders' names, pictures follow in the order of class and file name.
public struct ClassFolderDataset: ImageDataset {
    public let classNames: [String]
    private let paths: [String]
    private let labels: [Int32]

    /// Lists `root`; pictures are read and checked when asked for.
    public init(root: String) throws(DataError) {
        classNames = try FolderListing(data: root).folders
        guard !classNames.isEmpty else {
            throw .malformed(path: root, reason: "it holds no folders; expected one folder of pictures per class")
        }
        var paths: [String] = []
        var labels: [Int32] = []
        for (label, name) in classNames.enumerated() {
            let folder = "\(root)/\(name)"
            let pictures = try FolderListing(data: folder).pictures(in: folder)
            guard !pictures.isEmpty else { throw .malformed(path: folder, reason: "it holds no PNG or JPEG files") }
            paths += pictures
            labels += repeatElement(Int32(label), count: pictures.count)
        }
        self.paths = paths
        self.labels = labels
    }

    public var count: Int { paths.count }

    public func label(at index: Int) -> Int { Int(labels[index]) }

    public func name(at index: Int) -> String { paths[index] }

    public func image(at index: Int) throws(DataError) -> ImageBuffer { try ImageFile.readData(paths[index]) }
}
