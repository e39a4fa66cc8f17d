import Swiffuse

/// What `sample` is to draw and write.
struct SamplePlan {
    /// In turn; empty for pictures without a class.
    let labels: [Int]
    let count: Int
    let files: PictureFiles
    let given: GivenPicture

    init(
        _ subject: SubjectOptions, _ files: PictureFiles, _ given: GivenPictureOptions, of recipe: Recipe,
        registry: Registry
    ) throws {
        let hasNoClass = subject.classes == nil && !given.isEmpty
        labels = hasNoClass ? [] : try ClassSelection(subject.classes, of: recipe, registry: registry).labels
        let standard = given.isEmpty ? 16 : 1
        count = subject.count ?? (subject.classes == nil ? standard : max(1, labels.count))
        self.files = files
        guard given.invert == nil || count == 1 else {
            throw UserError("--classes: --invert draws one picture, name one class at most")
        }
        guard files.grid == nil || count <= PictureFiles.gridLimit else {
            throw UserError(
                "--count: a grid shows at most \(PictureFiles.gridLimit) pictures, \(count) asked for; use --out alone")
        }
        self.given = try GivenPicture(given, for: recipe.image)
    }

    /// Columns of a grid.
    var columns: Int { PictureFiles.columns(count: count, classCount: labels.count) }

    var trajectory: TrajectoryFiles { TrajectoryFiles(files: files, columns: columns) }
}
