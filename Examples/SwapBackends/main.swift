// Train a small model on the processor, then draw the same seeds with it on every device of this machine.
import Swiffuse

var jit = JiTConfiguration()
(jit.patchSize, jit.hiddenSize, jit.depth, jit.headCount) = (8, 128, 4, 4)
(jit.bottleneckSize, jit.inContextLength, jit.inContextStart) = (32, 4, 1)
var recipe = try Recipe(
    backbone: Part(JiT.self, jit), image: ImageSpec(channels: 1, height: 32, width: 32), classes: 10)
recipe.data = try Part(FashionMNISTSource.self)
recipe.training.batchSize = 64
recipe.training.steps = 400
recipe.training.optimizer.learningRate = 2e-3

let cpu = try CPUDevice()
let model = try DiffusionModel(recipe, registry: Registry.standard)
let start = TrainingState(model.scope, seed: 0, optimizer: recipe.training.adamW, on: cpu)
var loop = try TrainingLoop(model, state: start, source: FashionMNISTSource())
while !loop.isFinished {
    let report = try loop.step()
    if report.step % 100 == 0 { print("step \(report.step), loss \(report.loss)") }
}
let trained = loop.state.store

// A device that cannot be opened is named with the reason; the others go on.
var devices: [any Device] = [cpu]
do throws(DeviceError) {
    for candidate in try VulkanDevice.candidates() { devices.append(try VulkanDevice(index: candidate.index)) }
} catch {
    print("\(error)")
}

var rows: [ImageBuffer] = []
var first: [Float] = []
for device in devices {
    let store = ParameterStore(
        trained.parameters,
        values: try trained.parameters.map { try Tensor(trained[$0].scalars(), shape: $0.shape, on: device) })
    let sampler = DiffusionSampler(backbone: model.backbone, solver: HeunSolver(), grid: TimeGrid(stepCount: 20))
    var images: [Float] = []
    let time = try ContinuousClock().measure {
        images = try sampler.sample(
            from: DiffusionSampler.noise(seeds: Array(0..<10), image: recipe.image, on: device),
            condition: .classes(Array(0..<10), of: recipe.model, on: device), in: Pass(store)
        ).images.scalars()
    }
    if first.isEmpty { first = images }
    let difference = zip(images, first).reduce(0 as Float) { max($0, abs($1.0 - $1.1)) }
    print("\(device.id), \(device.info.name): \(time), largest difference to \(devices[0].id): \(difference)")
    rows += PixelConversion.images(fromNCHW: images, channels: 1, height: 32, width: 32)
}
try PNG.write(try ImageGrid(columns: 10).tiled(rows), to: "backends.png")
print("wrote backends.png: one row for each device")
