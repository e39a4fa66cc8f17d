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

    @Argument(
        help: """
            components (Table 5 of the paper), sweeps (Table 6 a, b and d, which share the budget), or one of these: lambda1, \
            lambda2, gate.
            """)
    var study = "components"
    @Option(help: "Where everything is kept.")
    var out = "ablation"
    @Option(help: "Minutes to plan for.")
    var budget = 110.0
    @Option(help: "Updates of each run; by the budget if left out.")
    var steps: Int?
    @Option(help: "Runs of each variant; 3 if left out.")
    var seeds: Int?
    @Option(help: "Samples of each run that are scored; 1000 if left out.")
    var samples: Int?
    @Option(help: "Updates of each encoder.")
    var encoderSteps = 600
    @Option(help: "fashion-mnist, emoji or both with a comma between.")
    var pictures = "fashion-mnist,emoji"

    private var studies: [Study]? {
        study == "sweeps" ? [.lambda1, .lambda2, .gate] : Study(rawValue: study).map { [$0] }
    }

    func validate() throws {
        guard studies != nil else {
            throw ValidationError("expected components, sweeps, lambda1, lambda2 or gate, found '\(study)'")
        }
        guard budget > 0, budget <= 1e5, (1...1000).contains(seeds ?? 1), (4...1_000_000).contains(samples ?? 4),
            (1...10_000_000).contains(steps ?? 1), (1...1_000_000).contains(encoderSteps)
        else { throw ValidationError("numbers must be positive, and --samples at least 4") }
    }

    func run() throws {
        let chosen = try pictures.split(separator: ",").map { name in
            guard let known = Pictures(rawValue: String(name)) else {
                throw ValidationError("no pictures are called \(name); known: fashion-mnist, emoji")
            }
            return known
        }
        let studies = studies ?? []
        let (registry, device) = (try Registry.standard, try CPUDevice())
        let encoders = try chosen.map { pictures in
            let folder = "\(out)/encoders/\(pictures.rawValue)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return try Encoders(pictures, in: folder, steps: encoderSteps, registry: registry, on: device)
        }
        for study in studies {
            try run(
                study, Array(zip(chosen, encoders)), budget: .seconds(60 * budget / Double(studies.count)), registry,
                device)
        }
    }

    private func run(
        _ study: Study, _ all: [(pictures: Pictures, encoders: Encoders)], budget: Duration, _ registry: Registry,
        _ device: any Device
    ) throws {
        let folder = "\(out)/\(study.rawValue)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let isPlanned = FileManager.default.fileExists(atPath: folder + "/plan.json")
        let plan = try Plan(
            in: folder, runCount: study.variants.count * all.count,
            wishes: Plan.Wishes(steps: steps, seeds: seeds, samples: samples), budget: budget
        ) {
            let probe = Laboratory(folder: folder, steps: 1, sampleCount: 64, registry: registry, device: device)
            let updates = try all.map { try probe.secondsPerUpdate($0.pictures, $0.encoders) }
            let drawn = try all.map { try probe.secondsPerSample($0.pictures) }
            return (updates.reduce(0, +) / Double(all.count), drawn.reduce(0, +) / Double(all.count))
        }
        if isPlanned { say("going on with \(folder)/plan.json, which no --budget changes") }
        say("\(study.rawValue): seeds \(plan.seeds); updates \(plan.steps) and samples \(plan.sampleCount) of each run")
        let laboratory = Laboratory(
            folder: folder, steps: plan.steps, sampleCount: plan.sampleCount, registry: registry, device: device)
        for (pictures, encoders) in all {
            let table = try Report(study, pictures, plan, laboratory).write(encoders)
            say("\n\(study.rawValue), \(pictures.title)\n\n\(table)\n")
        }
    }
}

Ablation.main()
