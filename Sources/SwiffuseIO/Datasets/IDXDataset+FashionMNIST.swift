import Glibc

/// The parts a data set is published in.
public enum DatasetSplit: String, Sendable, CaseIterable {
    case train, test
}

extension IDXDataset {
    /// Where Debian's package dataset-fashion-mnist puts its files.
    public static let fashionMNISTFolder = "/usr/share/datasets/fashion-mnist"

    /// Names of the ten classes (github.com/zalandoresearch/fashion-mnist, MIT licence).
    public static let fashionMNISTClassNames = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]

    /// Fashion-MNIST: 60,000 training and 10,000 test pictures of 28 × 28 grey pixels in ten classes.
    ///
    /// - Parameter folder: holds `train-images-idx3-ubyte` and the like, with or without `.gz`.
    public static func fashionMNIST(
        _ split: DatasetSplit, folder: String = fashionMNISTFolder
    ) throws(DataError) -> IDXDataset {
        let prefix =
            switch split {
            case .train: "train"
            case .test: "t10k"
            }
        return try IDXDataset(
            imagePath: existingFile("\(folder)/\(prefix)-images-idx3-ubyte"),
            labelPath: existingFile("\(folder)/\(prefix)-labels-idx1-ubyte"),
            classNames: fashionMNISTClassNames)
    }

    private static func existingFile(_ path: String) throws(DataError) -> String {
        for candidate in ["\(path).gz", path] where access(candidate, F_OK) == 0 {
            return candidate
        }
        throw .missing(
            path: "\(path).gz", advice: "install it with: apt-get install dataset-fashion-mnist, or set the folder")
    }
}
