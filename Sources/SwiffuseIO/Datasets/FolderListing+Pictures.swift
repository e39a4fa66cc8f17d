extension FolderListing {
    /// Lists a folder of a data set.
    init(data path: String) throws(DataError) {
        do {
            try self.init(path: path)
        } catch {
            throw .file(error)
        }
    }

    /// Paths of the pictures in this folder. Those of formats that are not read are among them, so that they are named
    /// and skipped like damaged ones: leaving them out silently would hide that a data set is incomplete.
    func pictures(in folder: String) -> [String] {
        files.filter { ImageFile.isPicture(named: $0) }.map { "\(folder)/\($0)" }
    }
}

extension ImageFile {
    /// A picture of a data set.
    static func readData(_ path: String) throws(DataError) -> ImageBuffer {
        do {
            return try read(path)
        } catch {
            throw .image(error)
        }
    }
}
