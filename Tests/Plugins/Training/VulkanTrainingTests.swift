import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTraining
import SwiffuseVulkan
import Testing

/// Training and sampling on a Vulkan device give what they give on the processor.
@Suite(.enabled(if: (try? VulkanDevice()) != nil, "no Vulkan driver: apt-get install mesa-vulkan-drivers"))
struct VulkanTrainingTests {
    private let tiny: TinyRun
    private let vulkan: VulkanDevice

    init() throws {
        tiny = try TinyRun("{steps: 12, ema: [0.9]}")
        tiny.recipe.training.schedule = ScheduleConfiguration()
        vulkan = try VulkanDevice()
    }

    @Test func lossesAndPicturesAgreeWithTheProcessor() throws {
        tiny.recipe.training.steps = 100
        let expected = try train("cpu", on: tiny.device)
        let found = try train("vulkan", on: vulkan)
        #expect(found.losses.count == 100 && expected.losses.count == 100)
        for (a, b) in zip(found.losses, expected.losses) { #expect(abs(a - b) <= 1e-3 * abs(b)) }
        // The same weights: what training adds to the differences is measured above.
        let store = expected.run.loop.state.store
        let copy = ParameterStore(
            store.parameters,
            values: try store.values.map { Tensor(try $0.scalars(), shape: $0.shape, on: vulkan) })
        let network = expected.run.loop.model.backbone
        try PictureAgreement(network, tiny.recipe.model).check(store, copy)
    }

    @Test func aCheckpointOfOneDeviceResumesOnTheOther() throws {
        let expected = try train("whole", on: tiny.device)
        _ = try train("moved", on: vulkan, until: 5)
        let rest = try train("moved", .resuming, on: tiny.device)
        #expect(rest.losses.count == 7)
        for (a, b) in zip(rest.losses, expected.losses.suffix(7)) { #expect(abs(a - b) <= 1e-3 * abs(b)) }
    }

    @Test func aStepTakesAFixedNumberOfDispatches() throws {
        let model = try DiffusionModel(tiny.recipe, registry: tiny.registry)
        let objective = TrainingObjective(model)
        let optimizer = AdamW(decays: [0.9])
        var store = ParameterStore(model.scope, seed: 1, on: vulkan)
        var state = optimizer.begin(store)
        var random = Philox(seed: 2)
        let images = Tensor.normal([3, 3, 8, 8], using: &random, on: vulkan)
        var counts: [Int] = []
        for step in 0..<3 {
            let before = vulkan.recordingCounts.dispatches
            let result = try store.valueAndGradients { store in
                let loss = objective.loss(images: images, labels: [0, 1, 0], batch: step, store: store)
                return (loss, loss.detached())
            }
            _ = try result.result.scalar()
            optimizer.update(&store, &state, gradients: result.gradients, learningRate: 1e-3)
            counts.append(vulkan.recordingCounts.dispatches - before)
        }
        // The first step makes tables too. Fewer is better: lower the number with the code; more must have a reason.
        #expect(counts[1] == counts[2] && counts[1] <= 343, "\(counts)")
    }

    private func train(
        _ name: String, _ start: TrainingRun.Start = .new, on device: any Device, until limit: Int = .max
    ) throws -> (losses: [Double], run: TrainingRun) {
        var run = try TrainingRun(
            tiny.recipe, registry: tiny.registry, folder: tiny.folder(name), start: start, weights: nil,
            loading: LoadingOptions(), on: device)
        var losses: [Double] = []
        var last = 0
        try run.run(
            shouldStop: { last >= limit },
            report: { event in
                guard case .stepped(let report, _) = event else { return }
                losses.append(Double(report.loss))
                last = report.step
            })
        return (losses, run)
    }
}
