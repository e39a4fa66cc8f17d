import ArgumentParser
import Swiffuse

/// Draws pictures from a checkpoint.
struct SampleCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw pictures from a checkpoint.",
        discussion: """
            Picture i uses the seed S + i and the i-th of the classes, which repeat: the same seed and class give the \
            same picture in any batch. Every PNG carries its parameters as text. If no file is named, a grid goes to \
            samples.png. Settings that are left out are those of the recipe in the checkpoint.

            Given pictures are scaled and cropped to the model's size; without --classes they are drawn as no class.

            Examples:
              swiffuse sample run
              swiffuse sample run --classes sneaker,bag --count 8 --out pictures
              swiffuse sample run --seed 7 --guidance 3 --interval 0.1,0.9
              swiffuse sample run --solver unipc --steps 10 --apng steps.png
              swiffuse sample run --from shoe.png --strength 0.5 --count 8
              swiffuse sample run --inpaint shoe.png --mask sole.png --classes sneaker
              swiffuse sample run --auto-guidance small-run --guidance 2
            """)

    @Argument(help: "A checkpoint, or the folder of a training run.")
    var checkpoint: String

    @OptionGroup(title: "What to draw")
    var subject: SubjectOptions

    @OptionGroup(title: "Where to write it")
    var output: OutputOptions

    @OptionGroup(title: "How to draw it")
    var sampling: SamplingOptions

    @OptionGroup(title: "Auto-guidance")
    var autoGuidance: AutoGuidanceOptions

    @OptionGroup(title: "Starting from a picture (PNG or JPEG)")
    var given: GivenPictureOptions

    @OptionGroup(title: "Where to compute")
    var device: DeviceOptions

    func validate() throws {
        if given.invert != nil, let count = subject.count, count != 1 {
            throw ValidationError("--count: found \(count), but --invert draws one picture; leave it out")
        }
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let choice = try device.choice(in: environment)
        let checkpoint = try Checkpoint(path: RunFolder.checkpointPath(at: checkpoint))
        let recipe = try recipe(of: checkpoint, environment.registry)
        let plan = try SamplePlan(subject, output.files, given, of: recipe, registry: environment.registry)
        let weaker = try weaker(besides: recipe, environment.registry)
        try plan.files.prepare()
        let device = try choice.open(device.settings)
        let model = try DiffusionModel(recipe, registry: environment.registry)
        let reference =
            try weaker.map { GuidanceReference.weaker(try $0.network(kept: sampling.storage, on: device)) }
            ?? .unconditional
        var session = try SamplingSession(
            checkpoint, kept: sampling.storage, model: model,
            sampler: try model.sampler(registry: environment.registry, reference: reference), plan: plan, on: device)
        try plan.trajectory.check(count: plan.count, stateCount: session.stateCount, image: recipe.image)
        let batch = try subject.batchSize ?? automaticBatch(session, weaker, environment.registry, on: device)
        if case .inversion(let picture) = plan.given { try invert(picture, in: &session, environment) }
        let drawn = try SampleRun(plan: plan, session: session, environment: environment)
            .draw(batch: min(plan.count, batch))
        if case .inversion(let picture) = plan.given, let first = drawn.first {
            environment.say(Reconstruction(of: picture, as: first).summary)
        }
        return 0
    }

    private func recipe(of checkpoint: Checkpoint, _ registry: Registry) throws -> Recipe {
        let tree: RecipeValue
        do {
            tree = try checkpoint.recipeTree()
            _ = try Recipe(tree, registry: registry)
        } catch {
            throw UserError("\(checkpoint.file.path): its recipe cannot be used: \(error)")
        }
        var recipe = try Recipe(tree, overrides: try sampling.overrides(of: tree), registry: registry)
        if let seed = subject.seed { recipe.sampling.seed = seed }
        if recipe.classes == 0 && autoGuidance.autoGuidance == nil && sampling.asksForGuidance {
            throw UserError(
                "--guidance and --interval: do nothing in a model without classes, unless --auto-guidance names a weaker one"
            )
        }
        guard [1, 3, 4].contains(recipe.image.channels) else {
            throw UserError("pictures of \(recipe.image.channels) channels cannot be written as PNG, only 1, 3 or 4")
        }
        return recipe
    }

    private func weaker(besides recipe: Recipe, _ registry: Registry) throws -> WeakerCheckpoint? {
        guard let path = autoGuidance.autoGuidance else { return nil }
        let guidance = recipe.sampling.guidance
        guard guidance.type != "none", guidance.settings["scale"] != .number(1) else {
            throw UserError("--auto-guidance: does nothing without guidance; give --guidance, such as 2")
        }
        return try WeakerCheckpoint(
            path, weights: try WeightsFlag.choice(autoGuidance.autoGuidanceEma, flag: "--auto-guidance-ema"),
            besides: recipe, registry: registry)
    }

    private func invert(
        _ picture: [Float], in session: inout SamplingSession, _ environment: CommandEnvironment
    ) throws {
        let solver = session.sampler.reversibleSolver
        environment.say("inverting with \(solver.name), \(session.stateCount - 1) steps")
        var line = ProgressLine(environment.messages)
        try session.invert(picture, by: solver.solver) { share in
            line.show("inverting: \(Int(100 * share)) %", isLast: share >= 1)
        }
        line.finish()
    }

    private func automaticBatch(
        _ session: SamplingSession, _ weaker: WeakerCheckpoint?, _ registry: Registry, on device: any Device
    ) throws -> Int {
        let weakerBytes = weaker?.model.scope.parameters.reduce(0) { $0 + 4 * $1.shape.count } ?? 0
        // A state and a velocity per step, and what the given picture and its mask take.
        let kept = session.plan.files.needsSteps ? 2 * session.stateCount : 0
        return try SamplingBatch.automatic(
            for: session.model, registry: registry, on: device, parameterBytes: weakerBytes,
            bytesPerPicture: 4 * session.recipe.image.valueCount * (kept + 4))
    }
}

extension DiffusionSampler {
    /// The solver itself if it can run backwards, else Heun's.
    fileprivate var reversibleSolver: (solver: any Solver, name: String) {
        let name = (type(of: solver) as? any Component.Type)?.key ?? "\(type(of: solver))"
        return solver.isStochastic || solver.usesPath ? (HeunSolver(), HeunSolver.key) : (solver, name)
    }
}
