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
        by sampler: DiffusionSampler, recipe: Recipe, store: ParameterStore, count: Int
    ) throws -> LabelledImages {
        var result = LabelledImages(pictures: [], labels: [])
        for start in stride(from: 0, to: count, by: 250) {
            let indices = Array(start..<min(count, start + 250))
            let labels = indices.map { $0 % recipe.classes }
            let seeds = indices.map(UInt64.init)
            let noise = DiffusionSampler.noise(seeds: seeds, image: recipe.image, on: store.device)
            let images = try sampler.sample(
                from: noise, condition: .classes(labels, of: recipe.model, on: store.device), in: Pass(store),
                stepNoise: .seeds(seeds)
            ).images
            let values = try images.scalars().map { PixelConversion.signedValues[Int(PixelConversion.sample($0))] }
            let size = recipe.image.valueCount
            result.pictures += indices.indices.map { Array(values[$0 * size..<($0 + 1) * size]) }
            result.labels += labels
        }
        return result
    }
}
