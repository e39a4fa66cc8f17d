import SwiffuseTensor
import SwiffuseTesting
import SwiffuseVulkan
import Testing

/// Kernels shaped for other devices are correct on this one too; only their speed differs.
@Suite(.needsVulkan, .serialized) struct VulkanProfileTests {
    /// Storage buffers and shared memory, with each tile of the GPUs' table in turn.
    @Test(arguments: [16, 32, 64, 128])
    func gpuKernelsMatchTheReference(_ side: Int) throws {
        var profile = VulkanProfile.gpu
        profile.product = .sharedTiles([VulkanProfile.Tile(rows: side, columns: side, leastGroups: 0)])
        let device = try VulkanDevice(profile: profile)
        let cases =
            side == 32 ? OpCase.all : OpCase.all.filter { $0.name.contains("matmul") || $0.name.contains("attention") }
        _ = try self.dispatches(of: cases, on: device)
    }

    /// Products with few tiles, cut along their depth.
    @Test func slicedProductsMatchTheReference() throws {
        let cases = OpCase.all.filter { $0.name.contains("matmul") || $0.name.contains("linear") }
        func dispatches(leastSliceDepth: Int) throws -> Int {
            var profile = VulkanProfile.gpu
            profile.product = .sharedTiles([
                VulkanProfile.Tile(rows: 32, columns: 32, leastGroups: 64, leastSliceDepth: leastSliceDepth)
            ])
            let device = try VulkanDevice(profile: profile)
            return try self.dispatches(of: cases, on: device)
        }
        #expect(try dispatches(leastSliceDepth: 16) > dispatches(leastSliceDepth: .max))
    }

    /// Products whose operands are copied into the order of reading.
    @Test func panelsMatchTheReference() throws {
        let cases = OpCase.all.filter { $0.name.contains("matmul") || $0.name.contains("linear") }
        func dispatches(_ rule: VulkanProfile.PanelRule?, usesTexels: Bool = true) throws -> Int {
            var profile = VulkanProfile.llvmpipe
            profile.usesTexels = usesTexels
            profile.panels = rule
            let device = try VulkanDevice(profile: profile)
            return try self.dispatches(of: cases, on: device)
        }
        let always = VulkanProfile.PanelRule(longestWalk: 0, leastTiles: 1)
        let copied = try dispatches(always)
        #expect(try dispatches(nil) < copied)
        #expect(try dispatches(always, usesTexels: false) == copied)
    }

    /// Registers and lanes, read through storage buffers.
    @Test func kernelsWithoutTexelsMatchTheReference() throws {
        var profile = VulkanProfile.llvmpipe
        profile.usesTexels = false
        let device = try VulkanDevice(profile: profile)
        for opCase in OpCase.all {
            let found = try OpCheck.parity(of: opCase, on: device)
            #expect(
                found.worst <= opCase.tolerance,
                "\(opCase.name): outputs \(found.outputs), gradients \(found.gradients)")
        }
    }

    /// Checks operations that are applied twice, adding gradients; tells the dispatches that they took.
    private func dispatches(of cases: [OpCase], on device: VulkanDevice) throws -> Int {
        for opCase in cases {
            let found = try OpCheck.parity(of: opCase, on: device, applications: 2)
            #expect(
                found.worst <= 2 * opCase.tolerance,
                "\(opCase.name): outputs \(found.outputs), gradients \(found.gradients)")
        }
        return device.recordingCounts.dispatches
    }
}
