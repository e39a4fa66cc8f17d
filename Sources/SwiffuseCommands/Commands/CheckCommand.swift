import ArgumentParser
import Swiffuse

/// Reports what a recipe is and costs, without computing anything.
struct CheckCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a recipe: shapes, parameters, arithmetic and memory, without running it.",
        discussion: """
            The recipe is validated and run on a device that computes nothing and allocates nothing. Arithmetic is \
            given in floating-point operations (a multiplication and an addition are two). Memory is the most that \
            tensors need at once, in GiB of 2³⁰ bytes; the program itself, decoded images and unused space in the \
            allocator come on top.

            Examples:
              swiffuse check jit-l-16
              swiffuse check my-recipe.yaml --set training.batchSize=8
              swiffuse check jit-b-16 --resolved > my-recipe.yaml
            """)

    @Argument(help: "A preset's name or a YAML file.")
    var recipe: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a setting.", valueName: "path=value"))
    var changes: [String] = []

    @Flag(help: "Print the recipe with every default spelled out, and nothing else.")
    var resolved = false

    @Option(help: ArgumentHelp("Device whose kernels decide what is kept in memory.", valueName: "name"))
    var device = "cpu"

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let recipe = try RecipeSource(argument: recipe, changes: changes).recipe(from: environment.registry)
        if resolved {
            environment.output.write(try recipe.tree().yaml)
            return 0
        }
        let kernels = try environment.device(named: device).open(DeviceSettings(threads: 1)).kernels
        let model = try DiffusionModel(recipe, registry: environment.registry)
        let batch = SamplingBatch.automatic(for: recipe.image)
        let estimate = try CostEstimate(
            model, registry: environment.registry, kernels: kernels, samplingBatch: batch)
        var report = CheckReport(model: model, estimate: estimate, samplingBatch: batch)
        report.otherRecomputing = try otherRecomputing(recipe, kernels: kernels, environment.registry)
        for line in report.lines { environment.say(line) }
        return 0
    }

    /// What training needs if blocks are computed again in the backward pass, or if they no longer are.
    private func otherRecomputing(
        _ recipe: Recipe, kernels: KernelTable, _ registry: Registry
    ) throws -> (setting: String, memory: CostEstimate.Memory)? {
        guard case .bool(let isOn) = recipe.backbone.settings["recompute"] else { return nil }
        let setting = "backbone.recompute=\(!isOn)"
        let other = try Recipe(try recipe.tree(), overrides: [try RecipeOverride(setting)], registry: registry)
        let model = try DiffusionModel(other, registry: registry)
        return (setting, try CostEstimate.trainingMemory(of: model, kernels: kernels))
    }
}
