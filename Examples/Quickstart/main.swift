// Compose a small pixel diffusion model in code, train it on Fashion-MNIST, and draw one picture of each class.
import Swiffuse

let device = try CPUDevice()
var jit = JiTConfiguration()
(jit.patchSize, jit.hiddenSize, jit.depth, jit.headCount) = (8, 128, 4, 4)
(jit.bottleneckSize, jit.inContextLength, jit.inContextStart) = (32, 4, 1)

var recipe = try Recipe(
    backbone: Part(JiT.self, jit), image: ImageSpec(channels: 1, height: 32, width: 32), classes: 10)
recipe.data = try Part(FashionMNISTSource.self)
recipe.training.batchSize = 64
recipe.training.steps = 600
recipe.training.optimizer.learningRate = 2e-3
recipe.training.ema = [0.99]

let model = try DiffusionModel(recipe, registry: Registry.standard)
let start = TrainingState(model.scope, seed: 0, optimizer: recipe.training.adamW, on: device)
var loop = try TrainingLoop(model, state: start, source: FashionMNISTSource())
while !loop.isFinished {
    let report = try loop.step()
    if report.step % 100 == 0 { print("step \(report.step), loss \(report.loss)") }
}

let sampler = DiffusionSampler(
    backbone: model.backbone, solver: HeunSolver(),
    guidance: ClassifierFreeGuidance(scale: 2.25, interval: GuidanceInterval(low: 0.1, high: 0.9)),
    grid: TimeGrid(stepCount: 20))
let images = try sampler.sample(
    from: DiffusionSampler.noise(seeds: Array(0..<10), image: recipe.image, on: device),
    condition: .classes(Array(0..<10), of: recipe.model, on: device),
    in: Pass(loop.state.optimizer.averages[0])
).images  // [10, 1, 32, 32] in −1…1

let pictures = PixelConversion.images(fromNCHW: try images.scalars(), channels: 1, height: 32, width: 32)
try PNG.write(try ImageGrid(columns: 10).tiled(pictures), to: "quickstart.png")
print("wrote quickstart.png")
