import SwiffuseIO
import SwiffuseTensor
import SwiffuseTraining
import SwiffuseVulkan
import Testing

/// A run whose device is lost on the way.
@Suite(.enabled(if: (try? VulkanDevice()) != nil, "no Vulkan driver: apt-get install mesa-vulkan-drivers"))
struct DeviceLossTests {
    @Test(arguments: [VulkanFault.submission, .wait])
    func theRunEndsWithTheErrorAndItsLastCheckpoint(_ fault: VulkanFault) throws {
        let tiny = try TinyRun("{steps: 6, checkpointEvery: 2, ema: [0.9]}")
        let device = try VulkanDevice()
        var interruption: TrainingInterruption?
        do {
            var run = try TrainingRun(
                tiny.recipe, registry: tiny.registry, folder: tiny.folder("lost"), start: .new, on: device)
            do {
                try run.run(report: { event in
                    if case .stepped(let report, _) = event, report.step == 3 { device.failNext(fault) }
                })
            } catch {
                interruption = error
            }
        }
        let found = try #require(interruption)
        #expect(found.cause is DeviceError && found.step == 3 && found.savedStep == 2)
        let text = found.description
        #expect(text.contains("VK_ERROR_DEVICE_LOST") && text.contains("Last kernels: "), "\(text)")
        #expect(text.hasSuffix("training ended after step 3, the checkpoint of step 2 is kept"), "\(text)")
        let rest = try tiny.train("lost", .resuming).compactMap { event -> Int? in
            if case .stepped(let report, _) = event { report.step } else { nil }
        }
        #expect(rest == [3, 4, 5, 6])
    }
}
