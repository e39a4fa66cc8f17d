public import SwiffuseDiffusion
public import SwiffuseIO

/// The pictures of a run: opened, checked against the recipe and divided.
public struct TrainingData: Sendable {
    /// The pictures to train on.
    public let training: any ImageDataset
    /// The pictures held out; nil if the recipe asks for none.
    public let validation: (any ImageDataset)?
    public let preparation: ImagePreparation
    /// How the pictures are brought in.
    public let loading: LoadingOptions

    /// - Throws: `DataError` if the images cannot be opened or prepared, `RecipeError` if they have other classes than
    ///   the recipe or are too few to hold some out.
    public init(_ source: any DataSource, for recipe: Recipe, loading: LoadingOptions = LoadingOptions()) throws {
        let dataset = try source.dataset()
        self.loading = loading
        guard recipe.classes == 0 || recipe.classes == dataset.classCount else {
            throw RecipeError(
                .conflict, at: "classes", "the recipe has \(recipe.classes), the data \(dataset.classCount)",
                advice: "set classes: \(dataset.classCount), or 0 for a model without classes")
        }
        preparation = try source.preparation(for: recipe.image)
        let settings = recipe.training.validation
        guard settings.isOn else {
            training = dataset
            validation = nil
            return
        }
        let heldOut = settings.heldOutCount(of: dataset.count)
        guard heldOut >= settings.bins, heldOut < dataset.count else {
            throw RecipeError(
                .conflict, at: "training.validation",
                "it holds out \(heldOut) of \(dataset.count) pictures",
                advice: "hold out at least \(settings.bins), one for each of the bins, and leave some to train on")
        }
        let split = HeldOutSplit(holdingOut: heldOut, of: dataset.count)
        training = Self.subset(dataset, split.training)
        validation = Self.subset(dataset, split.validation)
    }

    /// Batches of the training pictures.
    func loader(_ settings: BatchLoader.Settings) throws(DataError) -> BatchLoader {
        var settings = settings
        try settings.apply(loading)
        return try Self.loader(training, preparation, settings)
    }

    static func loader(
        _ dataset: some ImageDataset, _ preparation: ImagePreparation, _ settings: BatchLoader.Settings
    ) throws(DataError) -> BatchLoader {
        try BatchLoader(dataset, preparation: preparation, settings: settings)
    }

    private static func subset(_ dataset: some ImageDataset, _ indices: [Int]) -> any ImageDataset {
        ImageSubset(dataset, indices: indices)
    }
}
