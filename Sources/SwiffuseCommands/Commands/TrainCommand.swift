import ArgumentParser
import Swiffuse

/// Trains a model.
struct TrainCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model and keep its checkpoint, log and pictures in a folder.",
        discussion: """
            The folder gets recipe.yaml (every default spelled out), checkpoint.safetensors, log.csv, an event file \
            for TensorBoard and samples/. The recipe's section training can ask for more: validation, keep \
            (checkpoints/), emaSnapshots (snapshots/).

            Progress shows the update, the loss, images per second, the time left and the most memory used by tensors. \
            Ctrl-C, SIGTERM or a closed terminal saves and stops (exit code 130, 143 or 129); a second one stops at once. A resumed run ends \
            with the same checkpoint as one that was not interrupted, even if it was killed. Two runs cannot use one \
            folder at a time. With --init a run begins with the weights of a file, such as those of another run.

            Examples:
              swiffuse train fashion-mnist --out run
              swiffuse train my-recipe.yaml --out run --set training.steps=500
              swiffuse train fashion-mnist --out run --resume
              swiffuse train my-recipe.yaml --out tuned --init run
            """)

    @Argument(help: "A preset's name ('swiffuse components preset' lists them) or a YAML file.")
    var recipe: String

    @Option(help: ArgumentHelp("Folder of the run; made if missing.", valueName: "dir"))
    var out: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change a setting, such as training.batchSize=64; may be given several times.", valueName: "path=value"))
    var changes: [String] = []

    @Flag(help: "Go on from the folder's checkpoint.")
    var resume = false

    @Flag(help: "Delete the run that the folder holds and begin anew.")
    var overwrite = false

    @OptionGroup(title: "Options for the first weights")
    var initial: InitialOptions

    @OptionGroup(title: "Options for the pictures")
    var loading: LoadingFlags

    @OptionGroup(title: "Device options")
    var device: DeviceOptions

    func validate() throws {
        if resume && initial.`init` != nil {
            throw ValidationError("--resume and --init exclude each other: a resumed run has its weights already")
        }
        if resume && overwrite {
            throw ValidationError("--resume and --overwrite exclude each other; give one of them")
        }
        if out.isEmpty { throw ValidationError("--out: a folder is needed") }
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let recipe = try RecipeSource(argument: recipe, changes: changes).recipe(from: environment.registry)
        let choice = try device.choice(in: environment)
        return try StopRequest.whileHandlingSignals { request in
            let start: TrainingRun.Start = resume ? .resuming : overwrite ? .overwriting : .new
            var run = try begin(recipe, start, on: try choice.open(device.settings), environment)
            if let report = run.loadReport { environment.messages.write("\(report)\n") }
            var progress = TrainingProgress(recipe: recipe, output: environment.messages)
            defer { progress.finish() }
            try run.run(shouldStop: { request.signal != nil }, report: { progress.report($0) })
            progress.finish()
            return conclude(run, request, environment)
        }
    }

    private func begin(
        _ recipe: Recipe, _ start: TrainingRun.Start, on device: any Device, _ environment: CommandEnvironment
    ) throws -> TrainingRun {
        do {
            return try TrainingRun(
                recipe, registry: environment.registry, folder: RunFolder(out), start: start,
                weights: try initial.weights(), loading: try loading.options, on: device)
        } catch let report as LoadReport {
            let advice = report.loadedCount > 0 && report.nonFinite.isEmpty ? "; --init-partial accepts this" : ""
            throw UserError("--init: \(report)\(advice)")
        }
    }

    private func conclude(_ run: TrainingRun, _ request: StopRequest, _ environment: CommandEnvironment) -> Int32 {
        let folder = run.folder
        let skippedCount = run.loop.skippedPictures.count
        if skippedCount > 0 {
            environment.say("skipped \(Amount.count(skippedCount)) damaged pictures; 'swiffuse data check' lists them")
        }
        if run.loop.isFinished {
            environment.say("trained \(run.loop.state.step) steps; the model is in \(folder.checkpointPath)")
            let words = [
                "swiffuse sample", ShellWord.quoted(folder.path), "--grid",
                ShellWord.quoted("\(folder.path)/samples.png"),
            ]
            environment.say("next: \(words.joined(separator: " "))")
            return 0
        }
        environment.say("stopped and saved at step \(run.loop.state.step) of \(run.loop.model.recipe.training.steps)")
        let words = [recipe, "--out", out] + changes.flatMap { ["--set", $0] } + device.words + ["--resume"]
        let again = ["swiffuse train"] + words.map(ShellWord.quoted)
        environment.say("next: \(again.joined(separator: " "))")
        return request.signal.map { 128 + $0 } ?? 0
    }
}
