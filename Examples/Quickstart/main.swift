// Compose a small pixel diffusion model in code, train it on Fashion-MNIST for a minute, and draw one picture of each
// class.
import Swiffuse

let device = try CPUDevice()
var backbone = JiTConfiguration()
backbone.patchSize = 8
backbone.hiddenSize = 128
backbone.depth = 4
backbone.headCount = 4
backbone.bottleneckSize = 32
backbone.inContextLength = 4
backbone.inContextStart = 1

var target = TargetConfiguration()
target.loss = .velocity
var recipe = try Recipe(
    backbone: Part(JiT.self, backbone), image: ImageSpec(channels: 1, height: 32, width: 32), classes: 10)
recipe.data = try Part(FashionMNISTSource.self)
recipe.target = try Part(CleanImageTarget.self, target)
recipe.training.batchSize = 64
recipe.training.steps = 600
recipe.training.optimizer.learningRate = 2e-3
recipe.training.schedule.type = .cosine
recipe.training.ema = [0.99]

let registry = try Registry.standard
let model = try DiffusionModel(recipe, registry: registry)
let state = TrainingState(model.scope, seed: 0, optimizer: recipe.training.adamW, on: device)
print("\(state.store.valueCount) parameters")
var loop = try TrainingLoop(model, state: state, source: FashionMNISTSource())
while !loop.isFinished {
    let report = try loop.step()
    if report.step % 100 == 0 { print("step \(report.step), loss \(report.loss)") }
}

let sampler = DiffusionSampler(
    backbone: model.backbone, solver: HeunSolver(),
    guidance: ClassifierFreeGuidance(scale: 2.25, interval: GuidanceInterval(low: 0.1, high: 0.9)),
    grid: TimeGrid(stepCount: 20))
let result = try sampler.sample(
    from: DiffusionSampler.noise(seeds: Array(0..<10), image: recipe.image, on: device),
    condition: .classes(Array(0..<10), of: recipe.model, on: device), in: Pass(loop.state.optimizer.averages[0]))
let pictures = PixelConversion.images(fromNCHW: try result.images.scalars(), channels: 1, height: 32, width: 32)
try PNG.write(try ImageGrid(columns: 10).tiled(pictures), to: "quickstart.png")
print("wrote quickstart.png")
