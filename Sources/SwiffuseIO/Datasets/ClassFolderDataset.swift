/// Pictures in one folder per class: `root/CLASS/*.png`.
///
/// Classes are numbered by the byte order of their folders' names, pictures follow in the order of class and file name.
public struct ClassFolderDataset: ImageDataset {
    public let classNames: [String]
    private let paths: [String]
    private let labels: [Int32]

    /// Lists `root`; pictures are read and checked when asked for.
    public init(root: String) throws(DataError) {
        classNames = try Self.list(root).folders
        guard !classNames.isEmpty else {
            throw .malformed(path: root, reason: "it holds no folders; expected one folder of PNG files per class")
        }
        var paths: [String] = []
        var labels: [Int32] = []
        for (label, name) in classNames.enumerated() {
            let pictures = try Self.pictures(in: "\(root)/\(name)")
            paths += pictures
            labels += repeatElement(Int32(label), count: pictures.count)
        }
        self.paths = paths
        self.labels = labels
    }

    public var count: Int { paths.count }

    public func label(at index: Int) -> Int { Int(labels[index]) }

    public func name(at index: Int) -> String { paths[index] }

    public func image(at index: Int) throws(DataError) -> ImageBuffer {
        do {
            return try PNG.read(paths[index]).image
        } catch {
            throw .image(error)
        }
    }

    private static func pictures(in folder: String) throws(DataError) -> [String] {
        var pictures: [String] = []
        for file in try list(folder).files {
            switch file.split(separator: ".").last?.lowercased() {
            case "png": pictures.append("\(folder)/\(file)")
            case "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff":
                throw .malformed(path: "\(folder)/\(file)", reason: "only PNG pictures are read; convert it first")
            default: break  // notes, checksums and the like
            }
        }
        guard !pictures.isEmpty else { throw .malformed(path: folder, reason: "it holds no PNG files") }
        return pictures
    }

    private static func list(_ path: String) throws(DataError) -> FolderListing {
        do {
            return try FolderListing(path: path)
        } catch {
            throw .file(error)
        }
    }
}
