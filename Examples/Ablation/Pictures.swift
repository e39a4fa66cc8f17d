import Swiffuse

/// Real pictures to learn from.
enum Pictures: String, CaseIterable {
    case fashionMNIST = "fashion-mnist"
    /// Noto Color Emoji, from the bitmaps in the font.
    case emoji

    var title: String {
        switch self {
        case .fashionMNIST: "Fashion-MNIST (28 × 28 grey, ten classes, 32 × 32)"
        case .emoji: "Noto Color Emoji (colour, no classes, 32 × 32)"
        }
    }

    /// Changes to the recipe of the small JiT for Fashion-MNIST.
    private var changes: [String] {
        switch self {
        case .fashionMNIST: []
        case .emoji: ["image.channels=3", "classes=0", "training.classDropout=0", "data={type: bitmap-font}"]
        }
    }

    /// The small JiT, drawn as in the paper's ablation, by Euler's solver without guidance, but in 25 steps.
    func recipe(steps: Int, seed: Int, losses: [RecipeValue] = [], registry: Registry) throws -> Recipe {
        let drawing = [
            "sampling.solver={type: euler}", "sampling.grid.steps=25", "sampling.guidance={type: none}",
        ]
        let training = [
            "training.batchSize=32", "training.optimizer.learningRate=0.001", "training.steps=\(steps)",
            "training.seed=\(seed)",
            "training.schedule.warmupSteps=\(min(100, steps / 5))",
            "training.checkpointEvery=100", "training.sampleEvery=0",
        ]
        var overrides = try (changes + drawing + training).map { try RecipeOverride($0) }
        overrides.append(RecipeOverride(path: ["losses"], value: .list(losses)))
        return try registry.preset("fashion-mnist").recipe(overrides: overrides, registry: registry)
    }

    /// The pictures that samples are compared with: such as were not trained on, where there are any.
    func reference() throws -> any ImageDataset {
        switch self {
        case .fashionMNIST: try IDXDataset.fashionMNIST(.test)
        case .emoji: try BitmapFontDataset(path: BitmapFontDataset.notoColorEmojiPath)
        }
    }
}
