extension Preset {
    /// What the models of presets predict, with the path and the times that go with it.
    public enum Prediction: Sendable, Hashable {
        /// The clean image, as JiT does.
        case cleanImage
        /// The velocity, as DiT, DeCo and PixNerd do.
        case velocity

        /// Target, path and times, as lines of a recipe.
        var parts: String {
            switch self {
            case .cleanImage:
                """
                target: { type: clean-image, loss: velocity, trainingClamp: 0.05, samplingClamp: 0.05 }
                path: linear
                times: { type: logit-normal, mean: -0.8, deviation: 0.8 }
                """
            case .velocity:
                """
                target: { type: velocity, loss: velocity }
                path: linear
                times: { type: logit-normal, mean: 0.0, deviation: 1.0 }
                """
            }
        }
    }
}
