// Judge a run on Fashion-MNIST: train a classifier on the real pictures, then ask it which classes the run's samples
// show.
// A long study: about three minutes on two cores.   usage: judge RUN [COUNT [sampling.PATH=VALUE …]]
import Swiffuse

guard CommandLine.arguments.count > 1 else { fatalError("usage: judge RUN [COUNT]") }
let count = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 1000 : 1000
let changes = try CommandLine.arguments.dropFirst(3).map { try RecipeOverride($0) }
let device = try CPUDevice()
let geometry = ImageSpec(channels: 1, height: 32, width: 32)
let judge = try TrainedClassifier(epochs: 4, on: device)
let real = try LabelledImages(split: .test, geometry: geometry, count: 10_000)
let realVerdict = try judge.verdict(on: real)
print("classifier: \(percent(realVerdict.accuracy)) of 10000 real test pictures right")

let registry = try Registry.standard
let checkpoint = try Checkpoint(path: RunFolder.checkpointPath(at: CommandLine.arguments[1]))
let recipe = try checkpoint.recipe(registry: registry)
let model = try DiffusionModel(recipe, registry: registry)
let store = try checkpoint.store(recipe.sampling.ema, of: model, on: device)
for scale in [Float(2.25), 1] {
    let change = try RecipeOverride("sampling.guidance.scale=\(scale)")
    let settings = try Recipe(checkpoint.recipeTree(), overrides: changes + [change], registry: registry).sampling
    let sampler = try model.sampler(settings, registry: registry)
    let samples = try LabelledImages.drawn(by: sampler, model: model, store: store, count: count)
    let verdict = try judge.verdict(on: samples)
    let spread = zip(verdict.spread, realVerdict.spread).map { $0 / $1 }
    print(
        "guidance \(scale): \(percent(verdict.accuracy)) of \(count) samples show the class asked for;", terminator: " "
    )
    print(
        "spread within a class relative to real pictures: mean \(percent(spread.reduce(0, +) / 10)), least \(percent(spread.min() ?? 0))"
    )
}

func percent(_ share: Float) -> String { "\((share * 1000).rounded() / 10) %" }
