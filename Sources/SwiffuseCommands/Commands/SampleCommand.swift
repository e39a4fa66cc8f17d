import ArgumentParser
import Swiffuse

/// Draws pictures from a checkpoint.
struct SampleCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw pictures from a checkpoint.",
        discussion: """
            Picture i uses the seed S + i and the i-th of the classes, which repeat: the same seed and class give the \
            same picture in any batch. Every PNG carries its parameters as text. Without --grid and --out, a grid goes \
            to samples.png. Settings that are left out are those of the recipe in the checkpoint.

            Examples:
              swiffuse sample run
              swiffuse sample run --count 100 --grid pictures.png
              swiffuse sample run --classes sneaker,bag --count 8 --out pictures
              swiffuse sample run --seed 7 --guidance 3 --interval 0.1,0.9
              swiffuse sample run/checkpoint.safetensors --solver euler --ema raw
            """)

    @Argument(help: "A checkpoint, or the folder of a training run.")
    var checkpoint: String

    @Option(help: ArgumentHelp("Classes by number or name with commas between, or all.", valueName: "list"))
    var classes: String?

    @Option(help: ArgumentHelp("Number of pictures. Default: one per class given, else 16.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Seed S of the first picture. Default: the recipe's.", valueName: "s"))
    var seed: Int?

    @Option(help: ArgumentHelp("Pictures drawn at once. Default: by their size, up to 64.", valueName: "n"))
    var batchSize: Int?

    @Option(help: ArgumentHelp("Write all pictures into one PNG.", valueName: "file"))
    var grid: String?

    @Option(help: ArgumentHelp("Write each picture into a PNG of its own in this folder.", valueName: "dir"))
    var out: String?

    @OptionGroup(title: "Sampling options")
    var sampling: SamplingOptions

    @OptionGroup(title: "Device options")
    var device: DeviceOptions

    func validate() throws {
        if let count, !(1...10_000_000).contains(count) {
            throw ValidationError("--count: found \(count), expected 1 or more")
        }
        if let batchSize, !(1...65_536).contains(batchSize) {
            throw ValidationError("--batch-size: found \(batchSize), expected 1 to 65536")
        }
        if let seed, seed < 0 { throw ValidationError("--seed: found \(seed), expected 0 or more") }
        if let seed, seed > Int.max / 2 {
            throw ValidationError("--seed: found \(seed), expected at most \(Int.max / 2)")
        }
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let choice = try device.choice(in: environment)
        let checkpoint = try Checkpoint(path: RunFolder.checkpointPath(at: checkpoint))
        var recipe = try recipe(of: checkpoint, environment.registry)
        if let seed { recipe.sampling.seed = seed }
        let labels = try ClassSelection(classes, of: recipe, registry: environment.registry).labels
        let count = count ?? (classes == nil ? 16 : max(1, labels.count))
        let files = PictureFiles(folder: out, grid: grid ?? (out == nil ? "samples.png" : nil))
        guard files.grid == nil || count <= PictureFiles.gridLimit else {
            throw UserError(
                "--count: a grid shows at most \(PictureFiles.gridLimit) pictures, \(count) asked for; use --out alone")
        }
        try files.prepare()
        let session = try SamplingSession(
            checkpoint, recipe: recipe, labels: labels, registry: environment.registry,
            on: try choice.open(device.settings))
        let batch = min(count, batchSize ?? SamplingBatch.automatic(for: recipe.image))
        try draw(count, batch: batch, with: session, to: files, environment)
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
        return try Recipe(tree, overrides: try sampling.overrides(of: tree), registry: registry)
    }

    private func draw(
        _ count: Int, batch: Int, with session: SamplingSession, to files: PictureFiles,
        _ environment: CommandEnvironment
    ) throws {
        let label = PictureLabel(recipe: session.recipe, step: session.step)
        var progress = SamplingProgressBar(count: count, output: environment.messages)
        var pictures: [ImageBuffer] = []
        for start in stride(from: 0, to: count, by: batch) {
            let indices = start..<min(count, start + batch)
            let drawn = try session.draw(indices) { progress.show(done: Double(start) + $0 * Double(indices.count)) }
            if files.grid != nil { pictures += drawn }
            guard let folder = files.folder else { continue }
            for (index, picture) in zip(indices, drawn) {
                let (seed, shown) = (session.seed(of: index), session.label(of: index))
                try PNG.write(
                    picture, to: files.path(seed: seed, label: shown, in: folder),
                    texts: label.texts(seed: seed, label: shown))
            }
        }
        let speed = progress.finish()
        if let grid = files.grid {
            let columns = PictureFiles.columns(count: count, classCount: session.labels.count)
            let seeds = session.seed(of: 0)..<session.seed(of: count)
            let texts = label.texts(seeds: seeds, labels: session.labels.count <= 100 ? session.labels : [])
            try PNG.write(try ImageGrid(columns: columns).tiled(pictures), to: grid, texts: texts)
        }
        let places = [files.grid, files.folder.map { $0 + "/" }].compactMap { $0 }.joined(separator: " and ")
        environment.say("\(count) pictures in \(places), \(Amount.number(speed)) images/s")
    }
}
