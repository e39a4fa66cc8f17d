import ArgumentParser
import Swiffuse

/// Trains a small network that losses and scores can look through.
struct TrainEncoderCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-encoder",
        abstract: "Train a small encoder on your own pictures, as a stand-in for VGG-16, DINOv2 or Inception-v3.",
        discussion: """
            The pictures are those of a recipe: its data, in its image's size. The encoder learns to tell their classes \
            apart, or, where they have none, by how many right angles they were turned. It knows nothing but these \
            pictures: its losses and scores are no substitute for the published networks', but need no download.

              vgg      VGG's pattern in small, for LPIPS
              vit      DINOv2's transformer in small, for P-DINO and REPA
              strided  another pattern, for 'swiffuse evaluate' of models that were trained with the others

            The lines of a recipe that use the result are printed at the end.

            Examples:
              swiffuse train-encoder vgg fashion-mnist --out vgg.safetensors
              swiffuse train-encoder vit pictures-64 --set data.folder=photos --out vit.safetensors
              swiffuse train-encoder strided fashion-mnist --out judge.safetensors --seed 1
            """)

    @Argument(help: "What to train: vgg, vit or strided.")
    var architecture: String

    @Argument(help: "A preset's name or a YAML file, for its pictures.")
    var recipe: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a setting of the recipe, such as data.folder=photos.", valueName: "path=value"))
    var changes: [String] = []

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Change a setting of the encoder, such as widths=[8,16,32,48,64].", valueName: "path=value"))
    var encoder: [String] = []

    @Option(help: ArgumentHelp("Number of updates.", valueName: "n"))
    var steps = EncoderTraining.Settings().steps

    @Option(help: ArgumentHelp("Pictures per update.", valueName: "n"))
    var batchSize = EncoderTraining.Settings().batchSize

    @Option(help: ArgumentHelp("Learning rate after the warm-up.", valueName: "rate"))
    var learningRate = EncoderTraining.Settings().learningRate

    @Option(help: ArgumentHelp("Seed of the first weights and of the order of pictures.", valueName: "s"))
    var seed = 0

    @Option(
        help: ArgumentHelp("What to learn: classes or rotations. Default: classes if there are any.", valueName: "task")
    )
    var task: String?

    @OptionGroup(title: "Device options")
    var device: DeviceOptions

    func validate() throws {
        if EncoderConfiguration.Architecture(rawValue: architecture) == nil {
            throw ValidationError("found '\(architecture)', expected vgg, vit or strided")
        }
        if !(1...10_000_000).contains(steps) {
            throw ValidationError("--steps: found \(steps), expected 1 to 10000000")
        }
        if !(1...65_536).contains(batchSize) {
            throw ValidationError("--batch-size: found \(batchSize), expected 1 to 65536")
        }
        if !(learningRate > 0 && learningRate <= 1) {
            throw ValidationError("--learning-rate: found \(learningRate), expected above 0, at most 1")
        }
        if seed < 0 { throw ValidationError("--seed: found \(seed), expected 0 or more") }
        if let task, EncoderConfiguration.Task(rawValue: task) == nil {
            throw ValidationError("--task: found '\(task)', expected classes or rotations")
        }
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        try OutputFile.check(out, flag: "--out", extensions: ["safetensors"])
        let recipe = try RecipeSource(argument: recipe, changes: changes).recipe(from: environment.registry)
        let source = try environment.registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
        let dataset = try source.dataset()
        let encoder = try Encoder(try configuration(for: recipe, dataset: dataset))
        var settings = EncoderTraining.Settings()
        (settings.steps, settings.batchSize, settings.learningRate) = (steps, batchSize, learningRate)
        settings.seed = UInt64(seed)
        let training = try EncoderTraining(
            encoder, dataset: dataset, preparation: try source.preparation(for: recipe.image), settings: settings)
        let device = try device.open(in: environment)
        return try StopRequest.whileHandlingSignals { request in
            guard let result = try train(training, request, on: device, environment) else {
                environment.say("stopped; nothing was written")
                return request.signal.map { 128 + $0 } ?? 0
            }
            let summary =
                "\(encoder.configuration.architecture.rawValue) trained \(steps) steps on \(recipe.data.type); "
                + "\(Amount.number(100 * result.accuracy)) % of the held-out pictures right"
            try EncoderFile.write(result.store, of: encoder.configuration, summary: summary, to: out)
            environment.say("\(summary): \(out)")
            environment.say("use it as:")
            for line in try EncoderUse(encoder.configuration, file: out).lines { environment.say("  " + line) }
            return 0
        }
    }

    private func configuration(for recipe: Recipe, dataset: any ImageDataset) throws -> EncoderConfiguration {
        var configuration = EncoderConfiguration()
        configuration.architecture = EncoderConfiguration.Architecture(rawValue: architecture) ?? .vgg
        configuration.image = recipe.image
        let hasClasses = dataset.classCount > 1
        configuration.task = task.flatMap(EncoderConfiguration.Task.init) ?? (hasClasses ? .classes : .rotations)
        if configuration.task == .classes && !hasClasses {
            throw UserError("--task: \(recipe.data.type) has no classes to tell apart; leave it out, or use rotations")
        }
        configuration.classes = configuration.task == .classes ? dataset.classCount : 4
        configuration.transformer.imageSize = max(recipe.image.height, recipe.image.width)
        configuration.transformer.patchSize = patchSize(for: recipe)
        var tree = try configuration.resolvedTree()
        for change in encoder { tree = try tree.applying(try RecipeOverride(change)) }
        return try RecipeError.within("--encoder") { () throws(RecipeError) in
            try EncoderConfiguration(resolving: tree)
        }
    }

    /// That of the backbone, so that REPA can compare patch with patch; else a sixteenth of the picture.
    private func patchSize(for recipe: Recipe) -> Int {
        let side = max(recipe.image.height, recipe.image.width)
        if case .integer(let own)? = recipe.backbone.settings["patchSize"], own > 1 { return own }
        return max(4, side / 16)
    }

    private func train(
        _ training: EncoderTraining, _ request: StopRequest, on device: any Device, _ environment: CommandEnvironment
    ) throws -> (store: ParameterStore, accuracy: Double)? {
        let parameters = training.encoder.scope.parameters.reduce(0) { $0 + $1.shape.count }
        environment.messages.write("training \(Amount.count(parameters)) parameters for \(steps) steps\n")
        var line = ProgressLine(environment.messages)
        defer { line.finish() }
        let (clock, start) = (ContinuousClock(), ContinuousClock.now)
        var loss = RunningMean()
        func show(_ progress: EncoderTraining.Progress) -> Bool {
            loss.add(Double(progress.loss))
            let elapsed = clock.now - start
            let rate = Double(progress.step * batchSize) / max(1e-9, elapsed / .seconds(1))
            let left = elapsed / progress.step * (progress.stepCount - progress.step)
            line.show(
                "step \(progress.step)/\(progress.stepCount)  loss \(Amount.number(loss.value))  "
                    + "\(Amount.number(rate)) images/s  \(Amount.duration(left)) left",
                isLast: progress.step == progress.stepCount)
            return request.signal == nil
        }
        return try training.run(on: device, progress: show) { seen, count in
            line.show(
                "measuring: \(Amount.count(seen)) of \(Amount.count(count)) held-out pictures", isLast: seen == count)
            return request.signal == nil
        }
    }
}
