import ArgumentParser
import Foundation
import Swiffuse

/// Trains every small family for the same time and writes what came out into a table.
@main
struct ModelZoo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modelzoo", abstract: "Train each small model for the same minutes; compare them in a table.",
        discussion: "Can be interrupted at any time; the same command goes on.")

    @Option(help: "Minutes of training for each.")
    var minutes = 10.0

    @Option(help: "Where everything is kept; the same command goes on from there.")
    var out = "runs/model-zoo"

    @Option(help: "The folder whose README.md holds the table, and where the pictures go.")
    var page = "Examples/ModelZoo"

    @Option(help: "The presets to train, separated by commas.")
    var only =
        "fashion-mnist,fashion-mnist-dit,fashion-mnist-deco,fashion-mnist-pixnerd,fashion-mnist-jit-deco,"
        + "fashion-mnist-jit-frequency"

    @Option(help: "Samples of each that the judge sees.")
    var samples = 2000

    @Option(help: "Updates of the judge's training, if it is not in the folder yet.")
    var judgeSteps = 1500

    func validate() throws {
        guard (0.01...10_000).contains(minutes) else { throw ValidationError("--minutes: 0.01 to 10000") }
        guard (10...1_000_000).contains(samples) else { throw ValidationError("--samples: 10 to 1000000") }
        guard (1...1_000_000).contains(judgeSteps) else { throw ValidationError("--judge-steps: 1 to 1000000") }
        guard !only.isEmpty else { throw ValidationError("--only: name at least one preset") }
    }

    func run() throws {
        let registry = try Registry.standard
        let device = try CPUDevice()
        let judge = try ZooJudge(
            path: out + "/judge.safetensors", steps: judgeSteps, sampleCount: samples, registry: registry, on: device)
        let presets = try only.split(separator: ",").map {
            (name: String($0), recipe: try registry.preset(String($0)).recipe(registry: registry))
        }
        let plan = try ZooPlan(presets, in: out, registry: registry, on: device)
        var rows: [ZooResult] = []
        for (name, recipe) in presets {
            let family = try ZooFamily(
                name, recipe, plan: plan, minutes: minutes, registry: registry,
                folder: RunFolder("\(out)/\(minutes)-minutes/\(name)"))
            rows.append(try family.result(judge, on: device))
            try family.draw(to: "\(page)/\(name).png", on: device)
        }
        try ZooPage(path: page + "/README.md").write(rows, minutes: minutes, judge: judge)
        print("wrote \(page)/README.md")
    }
}
