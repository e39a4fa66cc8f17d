import Foundation
import SwiffuseTensor
import SwiffuseTesting
import SwiffuseVulkan
import Testing

/// The Khronos validation layer has nothing to say about any operation.
@Suite(.needsVulkan) struct VulkanValidationTests {
    private static let hasLayer = FileManager.default.fileExists(
        atPath: "/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json")

    @Test(.enabled(if: hasLayer, "no validation layer: apt-get install vulkan-validationlayers"))
    func everyOperationIsValid() throws {
        let device = try VulkanDevice(watch: VulkanWatch(isValidated: true))
        for opCase in OpCase.all { _ = try OpCheck.parity(of: opCase, on: device, applications: 2) }
        try device.trimCache()
        #expect(device.validationMessages.count == 0, "\(device.validationMessages.first)")
    }

    /// Nothing outside of the bytes that an operand names is read or written: there, llvmpipe reads 0 and writes nothing.
    @Test func exactlyBoundKernelsMatchTheReference() throws {
        let device = try VulkanDevice(watch: VulkanWatch(isValidated: Self.hasLayer, bindsExactly: true))
        for opCase in OpCase.all {
            let found = try OpCheck.parity(of: opCase, on: device, applications: 2)
            #expect(
                found.worst <= 2 * opCase.tolerance,
                "\(opCase.name): outputs \(found.outputs), gradients \(found.gradients)")
        }
        #expect(device.validationMessages.count == 0, "\(device.validationMessages.first)")
    }
}
