/// Why training cannot begin, or cannot go on.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A value became NaN or infinite.
    case notFinite(NonFiniteValue)
    /// The recipe names no images to train on.
    case noData
    /// The run folder holds what the command would overwrite.
    case occupied(path: String)
    /// Another run writes to the folder at this moment.
    case inUse(path: String, process: Int32?)
    /// There is nothing to go on from.
    case nothingToResume(path: String)
    /// A checkpoint that belongs to another recipe.
    case recipeMismatch(path: String, difference: String)

    public var description: String {
        switch self {
        case .notFinite(let value): value.description
        case .noData: "data: the recipe names no images; set data, for example to { type: fashion-mnist }"
        case .occupied(let path):
            "\(path) already holds a run; continue it with --resume, replace it with --overwrite, or choose another folder"
        case .inUse(let path, let process):
            "\(path) is being trained in by \(process.map { "process \($0)" } ?? "another process"); "
                + "wait for it, stop it, or choose another folder"
        case .nothingToResume(let path): "\(path) holds no checkpoint to resume from"
        case .recipeMismatch(let path, let difference):
            "\(path) was made with another recipe: \(difference); resume with the recipe.yaml beside it, or start a new run"
        }
    }
}

/// Where a NaN or an infinity was found.
public struct NonFiniteValue: Sendable, Equatable, CustomStringConvertible {
    public enum Place: Sendable, Equatable {
        /// A term of the loss; with the first parameter that is not finite either, if there is one.
        case loss(term: String, parameter: String?)
        /// The gradient of a parameter; with the terms of the loss and their values.
        case gradient(parameter: String, terms: String)
        /// A tensor about to be stored, such as a parameter or an average.
        case stored(String)
    }

    public let place: Place
    /// `nan`, `inf` or `-inf`.
    public let value: String
    /// Number of the update, from 1.
    public let step: Int

    public init(_ place: Place, value: Float, step: Int) {
        self.place = place
        self.value = "\(value)"
        self.step = step
    }

    public var description: String {
        let advice = "try a lower learning rate, a warm-up, or gradient clipping"
        return switch place {
        case .loss(let term, let parameter):
            "the loss term '\(term)' is \(value) at step \(step)"
                + (parameter.map { ", after the parameter \($0) stopped being finite" } ?? ", with finite parameters")
                + "; \(advice)"
        case .gradient(let parameter, let terms):
            "the gradient of \(parameter) is \(value) at step \(step) (\(terms)); \(advice)"
        case .stored(let name): "\(name) holds \(value) after step \(step) and is not saved; \(advice)"
        }
    }
}
