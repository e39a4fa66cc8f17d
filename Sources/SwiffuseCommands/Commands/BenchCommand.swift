import ArgumentParser
import Foundation
import Swiffuse

/// Measures speed and memory.
struct BenchCommand: SwiffuseCommand {
    enum Suite: String, CaseIterable, ExpressibleByArgument {
        case ops, forward
        case trainStep = "train-step"
        case pixelGenStep = "pixelgen-step"
        case sample, loading, io
    }

    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure speed and memory of operations, training and sampling.",
        discussion: """
            Suites: ops (each fused operation at the model's shapes, with its error: the largest difference to the \
            same of primitives, as a share of the largest value), forward (one pass), train-step (loss, gradients, \
            AdamW and one running average), pixelgen-step (the same with LPIPS on VGG-16, P-DINO and REPA on DINOv2-B, and \
            each of these losses alone), sample (exact Heun with and without guidance 2.25 inside 0.1…0.9), loading (training \
            from 10,000 JPEG files and from memory, in turns), io (writing, opening and loading the model's weights). All \
            if none is named. Each case runs once to warm up and then --repeat times; the median counts, minimum and \
            maximum show the spread. Memory: the most in tensors during the case, and the most that the process has had \
            so far. Sizes: tiny is a JiT of width 256 and 8 blocks at 32²; B and L are JiT-B/16 and JiT-L/16 at 256²; with \
            --recipe it is a model of your own (forward, train-step and sample). Weights are random.

            Examples:
              swiffuse bench
              swiffuse bench forward train-step --size B --batch 4
              swiffuse bench ops --size B --threads 1 --json
              swiffuse bench train-step --size B --by-op
              swiffuse bench --recipe my-recipe.yaml --batch 64
            """)

    @Argument(
        help: ArgumentHelp(
            "Suites to run: ops, forward, train-step, pixelgen-step, sample, loading, io.", valueName: "suite"))
    var suites: [Suite] = []

    @Flag(help: "Print JSON, times in seconds and memory in bytes.")
    var json = false

    @Option(help: ArgumentHelp("Size of the model.", valueName: "tiny|B|L"))
    var size = BenchSize.tiny

    @Option(
        help: ArgumentHelp(
            "Measure this model instead of one of --size: a preset's name or a YAML file.", valueName: "recipe"))
    var recipe: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a setting of the recipe.", valueName: "path=value"))
    var changes: [String] = []

    @Option(help: ArgumentHelp("Images at once.", valueName: "n"))
    var batch = 4

    @Option(name: .customLong("repeat"), help: ArgumentHelp("Measured runs of each case.", valueName: "n"))
    var repeats = 5

    @Option(help: ArgumentHelp("Steps of the suite sample.", valueName: "n"))
    var steps = 4

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Measure only this case of the suites, by its name in the table.", valueName: "name"))
    var only: String?

    @Flag(
        help: """
            Print what each case is made of too: time, arithmetic and memory traffic of every operation, next to what the \
            device can do at most; on Vulkan devices the time of every kernel, by their own clock.
            """)
    var byOp = false

    @OptionGroup(title: "Device options")
    var device: DeviceOptions

    func validate() throws {
        for (name, value, limit) in [("batch", batch, 4096), ("repeat", repeats, 10_000), ("steps", steps, 10_000)]
        where !(1...limit).contains(value) {
            throw ValidationError("--\(name): found \(value), expected 1 to \(limit)")
        }
        if recipe == nil && !changes.isEmpty { throw ValidationError("--set changes a recipe; name it with --recipe") }
        if recipe != nil, let suite = suites.first(where: { !Self.suitesOfRecipes.contains($0) }) {
            let possible = Self.suitesOfRecipes.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(suite.rawValue) does not go with --recipe; these do: \(possible)")
        }
    }

    /// The suites that measure any model.
    private static let suitesOfRecipes: [Suite] = [.forward, .trainStep, .sample]

    func run(in environment: CommandEnvironment) throws -> Int32 {
        var settings = device.settings
        settings.vulkanWatch.isTimed = byOp
        let opened = try device.choice(in: environment).open(settings)
        let hasClock = opened is VulkanDevice
        let measured = try recipe.map {
            try RecipeSource(argument: $0, changes: changes).recipe(from: environment.registry)
        }
        let possible = measured == nil ? Suite.allCases : Self.suitesOfRecipes
        let clock = BenchClock(
            device: byOp && !hasClock ? TimedDevice(opened) : opened, size: size, recipe: measured, batch: batch,
            repeats: repeats, byOp: byOp, only: only)
        var results: [BenchResult] = []
        for suite in possible where suites.isEmpty || suites.contains(suite) {
            environment.messages.write("measuring \(suite.rawValue) …\n")
            switch suite {
            case .ops: results += try BenchOps(clock: clock).run()
            case .forward: results += try BenchModel(clock, registry: environment.registry).forward()
            case .trainStep: results += try BenchModel(clock, registry: environment.registry).trainStep()
            case .pixelGenStep:
                results += try BenchPixelGen(clock, registry: environment.registry).run()
            case .sample: results += try BenchModel(clock, registry: environment.registry).sample(steps: steps)
            case .loading: results += try BenchLoading(clock: clock, registry: environment.registry).run()
            case .io: results += try BenchFiles(clock: clock, registry: environment.registry).run()
            }
        }
        if results.isEmpty, let only { throw UserError("--case: these suites have no case '\(only)'") }
        if byOp && !hasClock {
            let roofline = try BenchRoofline(opened, size: size, batch: batch)
            for index in results.indices { results[index].roofline = roofline }
        }
        try print(results, environment)
        if byOp && !json {
            for result in results { for line in result.operationLines() { environment.say(line) } }
        }
        return 0
    }

    private func print(_ results: [BenchResult], _ environment: CommandEnvironment) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            environment.say(String(decoding: try encoder.encode(results), as: UTF8.self))
            return
        }
        for line in BenchResult.lines(results) { environment.say(line) }
    }
}
