import ArgumentParser
import Foundation
import Swiffuse
import SwiffuseTesting

/// A mistake in what the user asked for.
struct UserError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// An error as the user sees it: one line and an exit code.
struct CommandFailure {
    static let userMistake: Int32 = 2
    static let machineFailure: Int32 = 1

    let message: String
    let exitCode: Int32

    /// - Parameter parserMessage: words for an error of the argument parser.
    init(_ error: any Error, parserMessage: (any Error) -> String) {
        let isOurs = Self.isUserMistake(error)
        let text = isOurs == nil ? parserMessage(error) : "\(error)"
        message =
            text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.joined(separator: " ").printable
        exitCode = isOurs ?? true ? Self.userMistake : Self.machineFailure
    }

    /// Whether the user can put an error right by asking for something else; nil for errors of the argument parser.
    private static func isUserMistake(_ error: any Error) -> Bool? {
        switch error {
        case is UserError, is RecipeError, is GoldenError: true
        case let error as FileError: isUserMistake(error)
        case let error as CheckpointError:
            if case .file(let file) = error { isUserMistake(file) } else { true }
        case let error as DataError:
            switch error {
            case .file(let file), .image(.file(let file)): isUserMistake(file)
            case .image, .missing, .malformed, .unfit, .settings: true
            }
        case let error as ImageError:
            if case .file(let file) = error { isUserMistake(file) } else { true }
        case let error as TrainingError:
            switch error {
            case .notFinite: false
            case .noData, .occupied, .inUse, .nothingToResume, .recipeMismatch: true
            }
        case let error as EvaluationError:
            switch error {
            case .library, .noConvergence: false
            case .tooFewSamples, .widths, .networks, .notFinite, .pictures: true
            }
        case is NetworkWeightsError, is LoadReport, is AverageError, is ExportError: true
        case is TrainingInterruption: false
        case let error as SamplingError:
            switch error {
            case .device: false
            case .noStepNoise, .notReversible: true
            }
        case is DeviceError, is GradientError, is RegistryError, is CancellationError: false
        default: nil
        }
    }

    private static func isUserMistake(_ error: FileError) -> Bool {
        [ENOENT, EACCES, EPERM, ENOTDIR, EISDIR, EROFS, EINVAL, EEXIST, EFBIG, ENAMETOOLONG, ELOOP].contains(error.code)
    }
}
