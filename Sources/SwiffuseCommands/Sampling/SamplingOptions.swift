import ArgumentParser
import Foundation
import Swiffuse

/// The flags that change how a checkpoint's recipe samples.
struct SamplingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Steps from noise to picture. Default: the recipe's.", valueName: "n"))
    var steps: Int?

    @Option(
        help: ArgumentHelp(
            "Solver: euler, heun, unipc, sde-euler …; see 'swiffuse components solver'.", valueName: "name"))
    var solver: String?

    @Option(help: ArgumentHelp("Scale of classifier-free guidance; 1 is none.", valueName: "scale"))
    var guidance: Double?

    @Option(
        help: ArgumentHelp("Times between which guidance acts, within 0 (noise) to 1 (picture).", valueName: "low,high")
    )
    var interval: String?

    @Option(help: ArgumentHelp("Shift of the times: above 1 spends more steps on noise.", valueName: "s"))
    var shift: Double?

    @Option(
        help: ArgumentHelp(
            "Weights to draw with: raw, or the decay of a running average such as 0.999.", valueName: "choice"))
    var ema: String?

    @Option(
        help: ArgumentHelp(
            "How large weights are kept in memory: float32, or float16 in half of it with three digits.",
            valueName: "type"))
    var weightStorage: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a setting of the recipe's section sampling.", valueName: "sampling.path=value"))
    var changes: [String] = []

    /// How the weights are to be kept.
    var storage: KeptWeights { weightStorage.flatMap(KeptWeights.init(rawValue:)) ?? .float32 }

    /// The flags that were given.
    var given: [String] {
        let values: [(String, Bool)] = [
            ("--steps", steps != nil), ("--solver", solver != nil), ("--guidance", guidance != nil),
            ("--interval", interval != nil), ("--shift", shift != nil), ("--ema", ema != nil),
            ("--weight-storage", weightStorage != nil),
            ("--set", !changes.isEmpty),
        ]
        return values.filter(\.1).map(\.0)
    }

    var asksForGuidance: Bool { guidance != nil || interval != nil }

    func validate() throws {
        if let steps, !(1...10_000).contains(steps) {
            throw ValidationError("--steps: found \(steps), expected 1 to 10000")
        }
        if let guidance, !(-100...100).contains(guidance) {
            throw ValidationError("--guidance: found \(guidance), expected -100 to 100")
        }
        if let shift, !(0.001...1000).contains(shift) {
            throw ValidationError("--shift: found \(shift), expected 0.001 to 1000")
        }
        if let weightStorage, KeptWeights(rawValue: weightStorage) == nil {
            let known = KeptWeights.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--weight-storage: found \(weightStorage), expected one of \(known)")
        }
        _ = try intervalEnds()
        _ = try weights()
    }

    /// The same wishes as changes of a recipe.
    func overrides(of recipe: RecipeValue) throws -> [RecipeOverride] {
        // The solver first: naming one replaces its settings, which --set may then change.
        var overrides =
            solver.map { [RecipeOverride(path: ["sampling", "solver"], value: ["type": .string($0)])] } ?? []
        overrides += try changes.map { change in
            let override = try RecipeOverride(change)
            guard override.path.first == "sampling" else {
                throw UserError(
                    "--set: found \(change); a checkpoint's model is fixed, only sampling.… can be changed here")
            }
            return override
        }
        func add(_ path: String..., value: RecipeValue) {
            overrides.append(RecipeOverride(path: ["sampling"] + path, value: value))
        }
        if let steps { add("grid", "steps", value: .integer(steps)) }
        if let shift { add("grid", "shift", value: .number(shift)) }
        if guidance != nil || interval != nil {
            let isGuided = recipe["sampling"]?["guidance"]?["type"] == "classifier-free"
            if !isGuided { add("guidance", value: ["type": "classifier-free"]) }
        }
        if let guidance { add("guidance", "scale", value: .number(guidance)) }
        if let ends = try intervalEnds() { add("guidance", "interval", value: .list(ends.map { .number($0) })) }
        if let weights = try weights() { add("ema", value: weights) }
        return overrides
    }

    private func intervalEnds() throws -> [Double]? {
        guard let interval else { return nil }
        let ends = interval.split(separator: ",", omittingEmptySubsequences: false).map {
            Double($0.trimmingCharacters(in: .whitespaces))
        }
        guard ends.count == 2, let low = ends[0], let high = ends[1], 0 <= low, low <= high, high <= 1 else {
            throw ValidationError(
                "--interval: found '\(interval)', expected two times within 0 to 1, the lower first, such as 0.1,0.9")
        }
        return [low, high]
    }

    private func weights() throws -> RecipeValue? {
        switch try WeightsFlag.choice(ema, flag: "--ema") {
        case nil: nil
        case .raw: "raw"
        case .automatic: "automatic"
        case .average(let decay): .number(decay)
        }
    }
}
