import ArgumentParser
import Foundation
import Swiffuse

/// Takes one set of weights out of a checkpoint.
struct ConvertCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turn weights into safetensors: of a checkpoint, of another program, or of an average.",
        discussion: """
            The file that is written has the model's keys and nothing to train on with. Without --prefix it carries \
            the recipe and can be given to 'swiffuse sample' and 'swiffuse train --init'.

            A run with training.emaSnapshots can make averages of any relative length after training: --ema-length \
            0.08 is the power-function average whose width is 8 % of the training time.

            Files of other programs – PyTorch's .pt, .pth and .ckpt, or safetensors – are copied bit for bit; --select \
            takes the tensors whose names begin so ('swiffuse info' lists them). With --recipe the result carries that \
            recipe and can be sampled from; every parameter that drawing needs must then be there. The authors' files \
            keep the averaged weights under state_dict/ema_denoiser. (PixelGen, DeCo, PixNerd, DiT) and model_ema1/net. \
            (JiT): --select state_dict/ema_denoiser. --recipe pixelgen-xl makes the first drawable in one step.

            Examples:
              swiffuse convert run weights.safetensors
              swiffuse convert vgg16.pth vgg16.safetensors
              swiffuse convert jit.pth jit.safetensors --select model_ema1/net.
              swiffuse convert jit.safetensors drawable.safetensors --recipe jit-b-16
              swiffuse convert run weights.safetensors --weights raw --type bfloat16
              swiffuse convert run weights.safetensors --prefix ema_denoiser.
              swiffuse convert run --ema-length 0.08 --out average.safetensors
            """)

    @Argument(help: "A checkpoint, or the folder of a training run.")
    var input: String

    @Argument(help: "The file to write.")
    var output: String?

    @Option(help: ArgumentHelp("The file to write, as an option.", valueName: "file"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Which weights: raw, automatic (the first running average) or a decay. Default: automatic.",
            valueName: "choice"))
    var weights: String?

    @Option(help: ArgumentHelp("Relative length of an average made from a run's snapshots.", valueName: "length"))
    var emaLength: Double?

    @Option(
        help: ArgumentHelp(
            "How numbers are stored: float32, float16 or bfloat16. Default: float32.", valueName: "type"))
    var type: String?

    @Option(help: ArgumentHelp("Text to put before each key, for other programs.", valueName: "prefix"))
    var prefix: String?

    @Option(help: ArgumentHelp("Tensors of another program's file whose names begin so.", valueName: "prefix"))
    var select: String?

    @Option(help: ArgumentHelp("The recipe, or preset, of the model in another program's file.", valueName: "recipe"))
    var recipe: String?

    @OptionGroup(title: "Device options")
    var device: DeviceOptions

    func validate() throws {
        guard (output == nil) != (out == nil) else {
            throw ValidationError("give one file to write, as argument or --out")
        }
        if emaLength != nil, weights != nil || type != nil || prefix != nil {
            throw ValidationError("--ema-length excludes --weights, --type and --prefix; convert its result once more")
        }
        if select != nil || recipe != nil, emaLength != nil || weights != nil || prefix != nil {
            throw ValidationError("--select and --recipe are for other programs' files; they exclude the other choices")
        }
        _ = try export()
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let path = output ?? out ?? ""
        try refuseToReplaceTheInput(path)
        try OutputFile.check(path, flag: out == nil ? "<output>" : "--out", extensions: ["safetensors"])
        try StopRequest.whileWritingFiles { try convert(to: path, environment) }
        try warnOfNonFinite(path, environment)
        return 0
    }

    private func convert(to path: String, _ environment: CommandEnvironment) throws {
        if let emaLength {
            guard RunFolder.isFolder(input) else {
                throw UserError("--ema-length: \(input) is not the folder of a run, which keeps the snapshots")
            }
            let average = try PostHocAverage(
                length: emaLength, of: RunFolder(input), registry: environment.registry)
            try average.write(to: path, on: try device.open(in: environment))
            environment.say("average of relative length \(emaLength) at step \(average.step): \(path)")
        } else if try isForeign() {
            try convertForeign(to: path, environment)
        } else {
            let checkpoint = try Checkpoint(path: RunFolder.checkpointPath(at: input))
            try export().write(checkpoint, registry: environment.registry, to: path)
            environment.say("weights of step \(checkpoint.step): \(path)")
        }
    }

    /// A copy is wanted as it is, but nothing can be trained with NaN or infinity.
    private func warnOfNonFinite(_ path: String, _ environment: CommandEnvironment) throws {
        let file = try SafetensorsFile(path: path)
        let names = try file.nonFiniteTensors()
        guard let first = names.first else { return }
        let count = "\(names.count) of \(file.names.count) tensors hold NaN or infinity"
        environment.messages.write("warning: \(path): \(count), the first is '\(first)'".printable + "\n")
    }

    private func refuseToReplaceTheInput(_ path: String) throws {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let source = URL(fileURLWithPath: RunFolder.checkpointPath(at: input)).resolvingSymlinksInPath()
        if target == source { throw UserError("\(path) is the file to be read; name another one to write") }
    }

    /// Whether the file is not one of our checkpoints.
    private func isForeign() throws -> Bool {
        if select != nil || recipe != nil { return true }
        if RunFolder.isFolder(input) { return false }
        if try TensorFiles.isTorch(input) { return true }
        return !Checkpoint.isCheckpoint(try SafetensorsFile(path: input))
    }

    private func convertForeign(to path: String, _ environment: CommandEnvironment) throws {
        for (flag, value) in [("--weights", weights), ("--prefix", prefix)] where value != nil {
            throw UserError("\(flag): \(input) is another program's file; choose tensors with --select")
        }
        guard let recipe else {
            if type != nil { throw UserError("--type: tensors are copied as they are; give --recipe to change types") }
            let count = try TensorCopy(prefix: select ?? "").write(input, to: path)
            environment.say("\(Amount.count(count)) tensors: \(path)")
            return
        }
        let model = try RecipeSource(argument: recipe, changes: []).recipe(from: environment.registry)
        let weights = InitialWeights(path: input, prefix: select ?? "")
        let report = try export().write(weights, as: model, registry: environment.registry, to: path)
        environment.say("\(report)")
        environment.say("weights: \(path)")
    }

    private func export() throws -> WeightsExport {
        var export = WeightsExport(prefix: prefix ?? "")
        if let weights {
            guard let choice = WeightsChoice(argument: weights) else {
                throw ValidationError("--weights: found \(weights), expected raw, automatic or a decay below 1")
            }
            export.choice = choice
        }
        if let type {
            guard let storage = WeightsStorage(rawValue: type) else {
                throw ValidationError("--type: found \(type), expected float32, float16 or bfloat16")
            }
            export.storage = storage
        }
        return export
    }
}
