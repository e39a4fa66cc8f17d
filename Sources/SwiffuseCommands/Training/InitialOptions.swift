import ArgumentParser
import Swiffuse

/// The flags that choose the first weights of a run.
struct InitialOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Begin with the weights of a checkpoint, a run's folder, or a safetensors or PyTorch file with the model's keys.",
            valueName: "file"))
    var `init`: String?

    @Option(
        help: ArgumentHelp(
            "Which weights of a checkpoint to begin with: raw, automatic (its first running average) or a decay.",
            valueName: "choice"))
    var initWeights: String?

    @Option(
        help: ArgumentHelp(
            "What stands before the keys in a file of another program, such as state_dict/ema_denoiser.",
            valueName: "prefix"))
    var initPrefix: String?

    @Flag(help: "Accept a file that lacks parameters, has others, or has some of another shape; those start anew.")
    var initPartial = false

    func validate() throws {
        if `init` == nil && (initWeights != nil || initPrefix != nil || initPartial) {
            throw ValidationError("--init-weights, --init-prefix and --init-partial need --init")
        }
        _ = try choice()
    }

    /// The weights asked for; nil if they are to be drawn from the seed.
    func weights() throws -> InitialWeights? {
        guard let path = `init` else { return nil }
        return InitialWeights(
            path: RunFolder.checkpointPath(at: path), choice: try choice(), prefix: initPrefix ?? "",
            matching: initPartial ? .partial : .strict)
    }

    private func choice() throws -> WeightsChoice {
        guard let initWeights else { return .automatic }
        guard let choice = WeightsChoice(argument: initWeights) else {
            throw ValidationError("--init-weights: found \(initWeights), expected raw, automatic or a decay below 1")
        }
        return choice
    }
}

extension WeightsChoice {
    /// What a user typed; nil if it makes no sense.
    init?(argument: String) {
        switch argument {
        case "raw": self = .raw
        case "automatic": self = .automatic
        default:
            guard let decay = Double(argument), decay >= 0, decay < 1 else { return nil }
            self = .average(decay: decay)
        }
    }
}
