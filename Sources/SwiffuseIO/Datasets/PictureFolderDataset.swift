/// All pictures below a folder, without classes; `NAME.txt` beside a picture holds its caption.
///
/// Pictures follow in the byte order of their paths, a folder's own files before those of the folders in it.
public struct PictureFolderDataset: ImageDataset {
    private static let maximumDepth = 16
    private static let maximumCaptionByteCount = 1 << 16

    public let classNames = ["picture"]
    private let paths: [String]
    private let hasCaption: [Bool]

    /// Lists `root` and the folders in it; pictures and captions are read and checked when asked for.
    public init(root: String) throws(DataError) {
        var paths: [String] = []
        var hasCaption: [Bool] = []
        try Self.visit(root, depth: 0) { (folder, listing) throws(DataError) in
            let texts = Set(listing.files.filter { $0.hasSuffix(".txt") }.map { $0.dropLast(4) })
            for path in listing.pictures(in: folder) {
                paths.append(path)
                hasCaption.append(texts.contains(Self.stem(path.dropFirst(folder.count + 1))))
            }
        }
        guard !paths.isEmpty else {
            throw .malformed(path: root, reason: "it holds no PNG or JPEG files, nor do its folders")
        }
        self.paths = paths
        self.hasCaption = hasCaption
    }

    public var count: Int { paths.count }

    /// Number of pictures with a caption.
    public var captionCount: Int { hasCaption.count { $0 } }

    public func label(at index: Int) -> Int { 0 }

    public func name(at index: Int) -> String { paths[index] }

    public func image(at index: Int) throws(DataError) -> ImageBuffer { try ImageFile.readData(paths[index]) }

    /// The caption of picture `index` without white space around it, or nil if it has none.
    ///
    /// - Throws: `DataError.malformed` if the text is not UTF-8.
    public func caption(at index: Int) throws(DataError) -> String? {
        guard hasCaption[index] else { return nil }
        let path = Self.stem(paths[index][...]) + ".txt"
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(String(path), maximumByteCount: Self.maximumCaptionByteCount)
        } catch {
            throw .file(error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(path: String(path), reason: "it is not UTF-8 text")
        }
        return String(text.trimmingWhitespace)
    }

    private static func visit(
        _ folder: String, depth: Int, _ body: (String, FolderListing) throws(DataError) -> Void
    ) throws(DataError) {
        guard depth <= maximumDepth else {
            throw .malformed(path: folder, reason: "folders are nested more than \(maximumDepth) deep")
        }
        let listing = try FolderListing(data: folder)
        try body(folder, listing)
        for name in listing.folders { try visit("\(folder)/\(name)", depth: depth + 1, body) }
    }

    private static func stem(_ path: Substring) -> Substring { path[..<(path.lastIndex(of: ".") ?? path.endIndex)] }
}

extension String {
    fileprivate var trimmingWhitespace: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
