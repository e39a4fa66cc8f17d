import SwiffuseTensor
import SwiffuseTesting
import SwiffuseVulkan
import Testing

/// Every operation on the Vulkan device against plain loops; the list of cases is shared by all devices.
@Suite(.needsVulkan, .serialized) struct VulkanParityTests {
    let device: VulkanDevice

    init() throws { device = try #require(VulkanFixture.device) }

    @Test(arguments: OpCase.all)
    func matchesTheReference(_ opCase: OpCase) throws {
        let found = try OpCheck.parity(of: opCase, on: device)
        #expect(found.worst <= opCase.tolerance, "outputs \(found.outputs), gradients \(found.gradients)")
    }

    @Test(arguments: OpCase.all)
    func accumulatesGradients(_ opCase: OpCase) throws {
        let found = try OpCheck.parity(of: opCase, on: device, applications: 2)
        #expect(found.worst <= 2 * opCase.tolerance, "outputs \(found.outputs), gradients \(found.gradients)")
    }

    @Test(arguments: OpCase.all.filter { $0.inputs.contains(where: \.isDifferentiable) })
    func recordedGradientsAreTheMeasuredOnes(_ opCase: OpCase) throws {
        // Central differences in float32 are good to about half a percent here.
        #expect(try OpCheck.gradientError(of: opCase, on: device) < 0.02)
    }

    @Test func everyFusedOperationHasAKernelOrParts() {
        let whole = FusedOps.all.filter { $0.parts.isEmpty }
        #expect(device.kernels.names.map(\.name) == whole.map { $0.name.name }.sorted())
    }
}
