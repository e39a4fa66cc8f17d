public import SwiffuseIO

extension FeatureSet {
    /// Whether a file holds features of single pictures.
    public static func isKept(in file: NPZFile) -> Bool { file.headers["features"] != nil }

    /// Reads features from an .npz file: `features` [n, D], and if there are any `spatial` [n, S] and `logits` [n, K].
    ///
    /// - Throws: `DataError` if the arrays do not fit together or hold numbers that are not finite, `EvaluationError` without
    ///   OpenBLAS.
    public init(_ file: NPZFile) throws {
        let width = try Self.width(of: "features", in: file)
        let spatialWidth = file.headers["spatial"] == nil ? 0 : try Self.width(of: "spatial", in: file)
        let classCount = file.headers["logits"] == nil ? 0 : try Self.width(of: "logits", in: file)
        self.init(
            width: width, spatialWidth: spatialWidth, classCount: classCount, keeping: .all)
        try add(
            pooled: try file.finiteNumbers("features").map { Float($0) },
            spatial: spatialWidth == 0 ? [] : try file.finiteNumbers("spatial").map { Float($0) },
            logits: classCount == 0 ? [] : try file.finiteNumbers("logits").map { Float($0) })
        network = try FeatureNetworkIdentity.read(file)
    }

    /// Writes an .npz file that `init(_:)` and other programs read: of the pictures whose vectors are kept (of all with
    /// `Kept.all`), the features and the scores of classes.
    public func write(to path: String) throws(FileError) {
        var writer = try NPZWriter(path: path)
        try writer.begin("features", NPYHeader(.float32, shape: [keptCount, pooled.width]))
        try writer.append(vectors)
        if classCount > 0 {
            try writer.begin("logits", NPYHeader(.float32, shape: [keptCount, classCount]))
            try writer.append(Array(logits.prefix(keptCount * classCount)))
        }
        try network?.write(to: &writer)
        try writer.finish()
    }

    private static func width(of name: String, in file: NPZFile) throws(DataError) -> Int {
        guard let shape = file.headers[name]?.shape, shape.count == 2, shape[1] > 0,
            shape[0] == file.headers["features"]?.shape.first
        else {
            let found = file.headers[name].map { "\($0.shape)" } ?? "missing"
            throw .malformed(path: file.path, reason: "its array '\(name)' is \(found), not [n, width]")
        }
        return shape[1]
    }
}
