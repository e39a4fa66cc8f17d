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
}
