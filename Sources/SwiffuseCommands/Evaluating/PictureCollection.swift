import Foundation
import Swiffuse

/// Real pictures that a command names: a folder, an .npz file, or data that recipes name.
enum PictureCollection {
    case npz(NPZFile)
    /// Statistics alone, or with features.
    case statistics(NPZFile)
    case dataset(any ImageDataset, fit: ImageFit, name: String)

    /// - Parameters:
    ///   - text: a path or the name of data, such as `fashion-mnist`.
    ///   - flag: the flag that named it, for messages.
    init(_ text: String, flag: String, registry: Registry) throws {
        if text.hasSuffix(".npz") {
            let file = try NPZFile(path: text)
            self = FeatureReference.isKept(in: file) ? .statistics(file) : .npz(file)
        } else if RunFolder.isFolder(text) {
            self = .dataset(try PictureFolderDataset(root: text), fit: .centerCrop, name: text)
        } else if registry.entries(of: PartKind.data.name).contains(where: { $0.key == text }) {
            let part = try registry.resolve(.string(text), kind: PartKind.data.name, at: flag)
            self = try Self.of(part, registry)
        } else {
            throw UserError(
                "\(flag): \(text) is no folder, no .npz file and no data that recipes know ('swiffuse components data')"
            )
        }
    }

    /// The data of a recipe.
    init(of recipe: Recipe, registry: Registry) throws {
        guard recipe.data.type != "none" else {
            throw UserError("--reference: the recipe names no data; give a folder or an .npz file")
        }
        self = try Self.of(recipe.data, registry, recipe.model)
    }

    private static func of(
        _ part: Part, _ registry: Registry, _ model: ModelSpec = ModelSpec(image: ImageSpec(), classCount: 0)
    ) throws -> PictureCollection {
        let source = try registry.make(part, as: .data, in: BuildContext(model: model))
        return .dataset(
            try source.dataset(), fit: try source.preparation(for: model.image).fit, name: part.type)
    }

    /// Whether a network must look at it.
    var needsNetwork: Bool {
        switch self {
        case .statistics: false
        case .npz(let file): !FeatureSet.isKept(in: file)
        case .dataset: true
        }
    }

    var name: String {
        switch self {
        case .npz(let file), .statistics(let file): file.path
        case .dataset(_, _, let name): name
        }
    }

    /// The pictures in one size.
    ///
    /// - Parameters:
    ///   - image: the size; nil for that of the first picture.
    ///   - limit: how many at most.
    func stream(as image: ImageSpec?, limit: Int) throws -> any PictureStream {
        switch self {
        case .npz(let file): return try NPZPictures(file, limit: limit)
        case .statistics(let file): throw UserError("\(file.path) holds statistics, pictures are needed here")
        case .dataset(let dataset, let fit, _):
            let preparation = try ImagePreparation(try image?.geometry ?? Self.geometry(of: dataset), fit: fit)
            return DatasetPictures(dataset, preparation: preparation, limit: limit)
        }
    }

    private static func geometry(of dataset: any ImageDataset) throws -> ImageGeometry {
        let first = try dataset.image(at: 0)
        return ImageGeometry(channels: first.channels == 1 ? 1 : 3, height: first.height, width: first.width)
    }
}
