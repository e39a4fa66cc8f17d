/// Why training stopped.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A value became NaN or infinite.
    case notFinite(what: String, step: Int)
    /// The recipe names no images to train on.
    case noData
    /// The run folder is already in use, or holds what the command would overwrite.
    case occupied(path: String)
    /// There is nothing to go on from.
    case nothingToResume(path: String)
    /// A checkpoint that belongs to another recipe.
    case recipeMismatch(path: String, difference: String)

    public var description: String {
        switch self {
        case .notFinite(let what, let step):
            "\(what) is not finite at step \(step); try a lower learning rate, a warm-up, or gradient clipping"
        case .noData: "data: the recipe names no images; set data, for example to { type: fashion-mnist }"
        case .occupied(let path):
            "\(path) already holds a run; continue it with --resume, replace it with --overwrite, or choose another folder"
        case .nothingToResume(let path): "\(path) holds no checkpoint to resume from"
        case .recipeMismatch(let path, let difference):
            "\(path) was made with another recipe: \(difference); resume with the recipe.yaml beside it, or start a new run"
        }
    }
}
