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

    @Option(help: "The folder whose README.md gets the table, and where the pictures go. Default: that of --out.")
    var page: String?

    @Option(help: "The presets to train, separated by commas.")
    var only =
        "fashion-mnist,fashion-mnist-dit,fashion-mnist-deco,fashion-mnist-pixnerd,fashion-mnist-jit-deco,"
        + "fashion-mnist-jit-frequency"

    @Option(help: "Pictures of an update, for all.")
    var batch = 32

    @Option(help: "Samples of each that the judge sees.")
    var samples = 2000

    @Option(help: "Updates of the judge's training.")
    var judgeSteps = 1500

    @Option(help: "Threads to use; all cores if left out.")
    var threads: Int?

    func validate() throws {
        guard (0.01...10_000).contains(minutes) else { throw ValidationError("--minutes: 0.01 to 10000") }
        guard (10...1_000_000).contains(samples) else { throw ValidationError("--samples: 10 to 1000000") }
        guard (1...1_000_000).contains(judgeSteps) else { throw ValidationError("--judge-steps: 1 to 1000000") }
        guard (1...4096).contains(batch) else { throw ValidationError("--batch: 1 to 4096") }
        guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads: 1 to 1024") }
        guard !only.isEmpty else { throw ValidationError("--only: name at least one preset") }
    }

    func run() throws {
        let registry = try Registry.standard
        let presets = try only.split(separator: ",").map {
            var recipe = try registry.preset(String($0)).recipe(registry: registry)
            recipe.training.batchSize = batch
            return (name: String($0), recipe: recipe)
        }
        let page = try ZooPage(folder: page ?? out)
        let settings = ZooSettings(minutes: minutes, batch: batch, samples: samples, judgeSteps: judgeSteps)
        try settings.settle(in: out)
        let device = try threads.map { try CPUDevice(threads: $0) } ?? CPUDevice()
        let judge = try ZooJudge(
            path: out + "/judge.safetensors", steps: judgeSteps, sampleCount: samples, registry: registry, on: device)
        let plan = try ZooPlan(presets, in: out, registry: registry, on: device)
        var rows: [ZooResult] = []
        for (name, recipe) in presets {
            let family = try ZooFamily(
                name, recipe, plan: plan, minutes: minutes, registry: registry, folder: RunFolder("\(out)/\(name)"))
            rows.append(try family.result(judge, on: device))
            try family.draw(to: "\(page.folder)/\(name).png", on: device)
        }
        try page.write(rows, settings, judge: judge, processor: device.info)
        print("wrote \(page.path)")
    }
}
