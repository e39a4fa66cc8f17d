import Swiffuse

/// Pictures with the classes that they are meant to show.
struct LabelledImages {
    /// [count, 1, 32, 32] in −1…1, one array per picture.
    var pictures: [[Float]]
    var labels: [Int]

    /// The first real pictures.
    init(split: DatasetSplit, geometry: ImageSpec, count: Int) throws {
        let source = try IDXDataset.fashionMNIST(split)
        let preparation = try ImagePreparation(geometry.geometry, fit: .pad(0))
        let indices = 0..<min(count, source.count)
        pictures = try indices.map { try preparation.values(of: try source.image(at: $0)) }
        labels = indices.map(source.label(at:))
    }

    private init(pictures: [[Float]], labels: [Int]) {
        self.pictures = pictures
        self.labels = labels
    }

    /// Samples, classes in turn, rounded to 8 bits like any picture file.
    static func drawn(
        by sampler: DiffusionSampler, model: DiffusionModel, store: ParameterStore, count: Int
    ) throws -> LabelledImages {
        var result = LabelledImages(pictures: [], labels: [])
        for start in stride(from: 0, to: count, by: 250) {
            let indices = Array(start..<min(count, start + 250))
            let labels = indices.map { $0 % model.recipe.classes }
            let pictures = try model.pictures(
                seeds: indices.map(UInt64.init), labels: labels, by: sampler, from: store)
            result.pictures += pictures.map { PixelConversion.signed($0.pixels) }
            result.labels += labels
        }
        return result
    }
}
