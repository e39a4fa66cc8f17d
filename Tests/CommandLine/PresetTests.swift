import Swiffuse
import SwiffuseCommands
import Testing

@Suite struct PresetTests {
    static let names = [
        "jit-b-16", "jit-b-32", "jit-l-16", "jit-l-32", "jit-h-16", "jit-h-32", "fashion-mnist",
        "fashion-mnist-jit-deco", "fashion-mnist-jit-frequency", "pictures-64", "pixelgen-l-baseline", "pixelgen-l",
        "pixelgen-xl", "pixelgen-xl-without-cfg", "dit-l-16", "dit-xl-16", "fashion-mnist-dit", "deco-l-16",
        "deco-xl-16", "deco-xl-16-512", "fashion-mnist-deco", "pixnerd-l-16", "fashion-mnist-pixnerd",
    ]

    @Test func presetsAreTheKnownOnes() throws {
        #expect(try Registry.standard.presets.map(\.name) == Self.names)
    }

    @Test(arguments: names) func presetIsACompleteRecipe(_ name: String) throws {
        let registry = try Registry.standard
        let preset = try registry.preset(name)
        let recipe = try preset.recipe(registry: registry)
        _ = try DiffusionModel(recipe, registry: registry).sampler(registry: registry)
        #expect(recipe.data.type != "none")
        #expect(try Recipe(try recipe.tree(), registry: registry) == recipe)
    }

    /// Counts of the official models.
    @Test(arguments: [("jit-l-16", 459_139_808), ("pixelgen-l-baseline", 459_139_808)])
    func parameterCountIsTheOfficialOne(_ name: String, _ count: Int) throws {
        let registry = try Registry.standard
        let model = try DiffusionModel(try registry.preset(name).recipe(registry: registry), registry: registry)
        let parameters = model.scope.parameters.filter { !$0.key.hasPrefix("diffusion_trainer.") }
        #expect(parameters.reduce(0) { $0 + $1.shape.count } == count)
    }

    @Test func presetOfAPluginIsFoundByTheCommands() throws {
        var session = CommandLineSession()
        session.plugins = [PresetPlugin(name: "mine", preset: "mine")]
        let outcome = try session.run("check", "mine")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("mine: a valid recipe"))
    }

    @Test func presetNamesAreTakenOnce() {
        #expect(throws: RegistryError.duplicate(kind: "preset", key: "jit-b-16", first: "jit", second: "mine")) {
            try Registry.standard(adding: [PresetPlugin(name: "mine", preset: "jit-b-16")])
        }
        #expect(throws: RegistryError.malformedKey(kind: "preset", key: "My Preset", plugin: "mine")) {
            try Registry.standard(adding: [PresetPlugin(name: "mine", preset: "My Preset")])
        }
    }
}

private struct PresetPlugin: Plugin {
    let name: String
    let preset: String

    func register(in registry: inout Registry) throws(RegistryError) {
        let yaml = """
            name: mine
            image: { channels: 1, height: 16, width: 16 }
            backbone: { type: jit, hiddenSize: 64, depth: 9 }
            """
        try registry.register(preset: Preset(name: preset, summary: "for a test", yaml: yaml))
    }
}
