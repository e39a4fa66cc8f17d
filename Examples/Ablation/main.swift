// The paper's ablation in small: what perceptual losses do to a small JiT, on real pictures, within a budget of time.
import ArgumentParser
import Foundation
import Swiffuse

/// Prints a line at once, also into files.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

struct Ablation: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train variants of a small JiT with everything else equal, and compare their samples.",
        discussion: "Can be interrupted at any time; the same command goes on.")

    @Argument(help: "components (Table 5 of the paper), lambda1, lambda2 or gate (Table 6 a, b, d).")
    var study = "components"
    @Option(help: "Where everything is kept.")
    var out = "ablation"
    @Option(help: "Minutes to plan for.")
    var budget = 110.0
    @Option(help: "Updates of each run; by the budget if left out.")
    var steps: Int?
    @Option(help: "Runs of each variant.")
    var seeds = 3
    @Option(help: "Samples of each run that are scored.")
    var samples = 1000
    @Option(help: "Updates of each encoder.")
    var encoderSteps = 600
    @Option(help: "fashion-mnist, emoji or both with a comma between.")
    var pictures = "fashion-mnist,emoji"

    func run() throws {
        guard let study = Study(rawValue: study), budget > 0, seeds > 0, samples > 3, encoderSteps > 0 else {
            throw ValidationError("expected components, lambda1, lambda2 or gate, and positive numbers")
        }
        let chosen = try pictures.split(separator: ",").map { name in
            guard let known = Pictures(rawValue: String(name)) else {
                throw ValidationError("no pictures are called \(name); known: fashion-mnist, emoji")
            }
            return known
        }
        let (registry, device) = (try Registry.standard, try CPUDevice())
        let root = "\(out)/\(study.rawValue)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let encoders = try chosen.map { pictures in
            let folder = "\(out)/encoders/\(pictures.rawValue)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return try Encoders(pictures, in: folder, steps: encoderSteps, registry: registry, on: device)
        }
        let probe = Laboratory(folder: root, steps: 1, sampleCount: samples, registry: registry, device: device)
        let plan = try Plan(
            in: root, runCount: study.variants.count * chosen.count, seeds: seeds, samples: samples, steps: steps,
            budget: .seconds(60 * budget)
        ) {
            let updates = try zip(chosen, encoders).map { try probe.secondsPerUpdate($0, $1) }
            let drawn = try chosen.map { try probe.secondsPerSample($0) }
            return (updates.reduce(0, +) / Double(chosen.count), drawn.reduce(0, +) / Double(chosen.count))
        }
        say("\(plan.seeds) seeds of \(plan.steps) updates, \(plan.sampleCount) samples each")
        let laboratory = Laboratory(
            folder: root, steps: plan.steps, sampleCount: plan.sampleCount, registry: registry, device: device)
        for (pictures, encoders) in zip(chosen, encoders) {
            let table = try Report(study, pictures, plan, laboratory).write(encoders)
            say("\n\(pictures.title)\n\n\(table)\n")
        }
    }
}

Ablation.main()
