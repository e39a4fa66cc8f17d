import SwiffuseTensor
import SwiffuseVulkan
import Testing

/// A device that is lost, as after a hang or a driver's restart.
@Suite(.needsVulkan) struct VulkanLossTests {
    @Test(arguments: [VulkanFault.submission, .wait]) func everyCallAfterALossGivesItsError(_ fault: VulkanFault) throws
    {
        let device = try VulkanDevice()
        let x = Tensor.ones([40, 40], on: device)
        let computed = x.matmul(x)
        #expect(try computed.sum().scalar() == 64_000)
        device.failNext(fault)
        let poisoned = x.matmul(x).squareRoot()
        let loss = try #require(throws: DeviceError.self) { try poisoned.scalars() }
        #expect("\(loss)".contains("VK_ERROR_DEVICE_LOST") && "\(loss)".hasSuffix("matmul, elementwise"), "\(loss)")
        let calls: [() throws -> Void] = [
            { _ = try (x + 1).scalars() }, { _ = try computed.scalars() },
            { _ = try Tensor([1, 2], shape: [2], on: device).scalars() }, { try device.synchronize() },
            { try device.trimCache() },
        ]
        for call in calls { #expect(throws: loss) { try call() } }
        #expect((x + 1).shape == [40, 40])
    }
}
