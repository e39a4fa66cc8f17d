import ArgumentParser
import Swiffuse

/// Lists the parts that recipes can name.
struct ComponentsCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "components",
        abstract: "List the parts and presets that recipes can use.",
        discussion: """
            Without arguments: every kind of part with its members. With a kind: each member with its settings and \
            their defaults, as they stand in a recipe. With a kind and a name: that one alone; a preset is printed as \
            a recipe to start from.

            Examples:
              swiffuse components
              swiffuse components solver
              swiffuse components preset jit-b-16 > my-recipe.yaml
              swiffuse components --reference --sources . > recipes.md
            """)

    @Flag(help: "Print all parts with their settings as a page in Markdown.")
    var reference = false

    @Option(
        help: ArgumentHelp(
            "With --reference: a package whose doc comments say what each setting means.", valueName: "folder"))
    var sources: String?

    @Argument(help: "A kind of part, such as backbone, solver or preset.")
    var kind: String?

    @Argument(help: "One member of the kind.")
    var name: String?

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let registry = environment.registry
        if reference {
            guard kind == nil else {
                throw UserError("--reference: the page holds all kinds; leave out '\(kind ?? "")'")
            }
            let comments = try sources.map { try ConfigurationComments(package: $0) }
            let reference = RecipeReference(registry: registry, comments: comments ?? ConfigurationComments())
            environment.output.write(try reference.markdown())
            return 0
        }
        guard sources == nil else { throw UserError("--sources goes with --reference") }
        guard let kind else {
            list(registry, environment)
            return 0
        }
        if kind == "preset" || kind == "presets" {
            try showPresets(registry, environment)
        } else {
            try show(kind, registry, environment)
        }
        return 0
    }

    private func list(_ registry: Registry, _ environment: CommandEnvironment) {
        for kind in registry.kinds {
            environment.say(kind)
            var table = Table([.left, .left])
            for entry in registry.entries(of: kind) { table.add([entry.key, entry.summary]) }
            for line in table.lines(indentation: 2) { environment.say(line) }
        }
        environment.say("preset")
        for line in presetTable(registry) { environment.say(line) }
    }

    private func presetTable(_ registry: Registry) -> [String] {
        var table = Table([.left, .left])
        for preset in registry.presets { table.add([preset.name, preset.summary]) }
        return table.lines(indentation: 2)
    }

    private func showPresets(_ registry: Registry, _ environment: CommandEnvironment) throws {
        guard let name else {
            for line in presetTable(registry) { environment.say(line) }
            return
        }
        let preset = try registry.preset(name)
        environment.output.write("# \(preset.summary)\n" + preset.yaml)
    }

    private func show(_ kind: String, _ registry: Registry, _ environment: CommandEnvironment) throws {
        let known = registry.kinds
        guard known.contains(kind) else {
            throw UserError(
                "no kind of part is called '\(kind)'; known: \((known + ["preset"]).joined(separator: ", "))")
        }
        let entries =
            try name.map { name in [try registry.entry(kind: kind, key: name, at: kind)] } ?? registry.entries(of: kind)
        for (index, entry) in entries.enumerated() {
            if index > 0 { environment.say() }
            environment.say("# \(entry.summary) (plugin \(entry.plugin))")
            environment.say("type: \(entry.key)")
            if let settings = entry.defaults.map, !settings.isEmpty { environment.output.write(entry.defaults.yaml) }
        }
    }
}
