extension Recipe {
    /// A recipe composed in code: the given backbone with the standard parts, to be changed field by field.
    ///
    /// - Parameters:
    ///   - backbone: `try Part(JiT.self, configuration)`.
    ///   - image: size of the images.
    ///   - classes: number of classes; 0 for a model without condition.
    ///   - name: for messages and files.
    public init(
        backbone: Part, image: ImageSpec, classes: Int = 0, name: String = "untitled"
    ) throws(RecipeError) {
        self.name = name
        self.image = image
        self.classes = classes
        data = Part(type: "none")
        self.backbone = backbone
        target = try Part(CleanImageTarget.self)
        path = try Part(LinearPath.self)
        times = try Part(LogitNormalTimes.self)
        losses = []
        training = TrainingConfiguration()
        sampling = SamplingRecipe(
            solver: try Part(HeunSolver.self), grid: TimeGrid.Configuration(),
            guidance: try Part(ClassifierFreeGuidance.self))
    }
}
