import SwiffuseTensor
import SwiffuseTesting
import SwiffuseVulkan
import Testing

/// Who may multiply 16-bit matrices, and what is said to others.
@Suite struct MatrixSupportTests {
    @Test(arguments: [4, 8, 16, 32, 64]) func aDeviceWithEverythingHasNoObstacle(_ subgroupSize: Int) {
        #expect(MatrixSupport(subgroupSize: subgroupSize).obstacle == nil)
    }

    private static let lacks: [(word: String, change: @Sendable (inout MatrixSupport) -> Void)] = [
        ("VK_KHR_cooperative_matrix", { $0.hasExtension = false }),
        ("compute", { $0.hasFeature = false }),
        ("crashes", { $0.hasFaultyDriver = true }),
        ("shaderFloat16", { $0.hasFloat16 = false }),
        ("vulkanMemoryModel", { $0.hasMemoryModel = false }),
        ("no such product", { $0.products = [] }),
        ("offer 8 × 8 × 16", { $0.products = [MatrixSupport.Product(rows: 8, columns: 8, depth: 16)] }),
        ("workgroup of 64", { $0.workgroupSizeLimit = 64 }),
        ("subgroups of 0", { $0.subgroupSize = 0 }),
        ("16384 bytes", { $0.sharedMemoryByteCount = 16 << 10 }),
    ]

    @Test(arguments: lacks.indices) func whatIsMissingIsNamed(_ index: Int) throws {
        var support = MatrixSupport(subgroupSize: 32)
        Self.lacks[index].change(&support)
        #expect(support.obstacle?.contains(Self.lacks[index].word) == true, "\(support.obstacle ?? "none")")
        let refusal = try #require(throws: DeviceError.self) {
            try VulkanProfile.gpu.usingMatrices(support, device: "vulkan:3")
        }
        #expect("\(refusal)".contains("vulkan:3") && "\(refusal)".contains(Self.lacks[index].word), "\(refusal)")
    }

    @Test func otherSizesBesideTheNeededOneDoNotMatter() {
        var support = MatrixSupport(subgroupSize: 32)
        support.products = [MatrixSupport.Product(rows: 16, columns: 8, depth: 16), .needed]
        #expect(support.obstacle == nil)
    }

    @Test func onlyTheProductOfTheProfileChanges() throws {
        let profile = try VulkanProfile.gpu.usingMatrices(MatrixSupport(subgroupSize: 32), device: "vulkan:0")
        #expect(profile.product == .matrices(VulkanProfile.gpu.matrixTiles))
        var restored = profile
        restored.product = VulkanProfile.gpu.product
        #expect(restored == VulkanProfile.gpu)
    }

    @Test(arguments: [VulkanProfile.llvmpipe, .swiftShader]) func profilesWithoutTilesRefuse(_ profile: VulkanProfile) {
        #expect {
            try profile.usingMatrices(MatrixSupport(subgroupSize: 8), device: "vulkan:0")
        } throws: { error in
            "\(error)".contains(profile.name) && "\(error)".contains("gpu")
        }
    }

    /// Four subgroups, two by two, hold squares of 16 × 16; the shared memory is counted for 128 × 128.
    @Test func tilesFitTheKernel() {
        for tile in VulkanProfile.gpu.matrixTiles {
            for side in [tile.rows, tile.columns] { #expect(side % 32 == 0 && (32...128).contains(side)) }
        }
        let areas = VulkanProfile.gpu.matrixTiles.map { $0.rows * $0.columns }
        #expect(areas == areas.sorted(by: >))
    }

    @Test(arguments: [
        // Enough of the largest; fewer rows; few groups and little depth; few groups and much depth.
        (4096, 4096, 512, 128, 1), (1024, 1024, 512, 64, 1), (64, 64, 512, 32, 1), (128, 128, 1 << 20, 128, 128),
    ]) func tilesFollowTheSize(_ rows: Int, _ columns: Int, _ depth: Int, _ side: Int, _ slices: Int) {
        let choice = TileChoice(
            VulkanProfile.gpu.matrixTiles, rows: rows, columns: columns, batches: 1, depth: depth)
        #expect(choice.tile.rows == side && choice.tile.columns == side && choice.slices == slices)
    }
}

/// Asking a real device.
@Suite(.needsVulkan, .serialized) struct VulkanMatrixTests {
    /// Every device either says what it lacks, or passes its test and multiplies as 16 bits allow.
    @Test func everyDeviceMultipliesOrSaysWhatIsMissing() throws {
        for candidate in try VulkanDevice.candidates() {
            let said = try #require(candidate.info.details.first { $0.label == "16-bit matrices" }?.value)
            guard said == "yes" else {
                let refusal = try #require(throws: DeviceError.self) {
                    try VulkanDevice(index: candidate.index, profile: .gpu, matrices: .float16)
                }
                guard case .unavailable(candidate.id.name, let reason) = refusal else {
                    Issue.record("\(refusal)")
                    continue
                }
                #expect(said.hasPrefix("no: ") && reason.contains(said.dropFirst(4)), "\(said): \(reason)")
                continue
            }
            let device = try VulkanDevice(index: candidate.index, profile: .gpu, matrices: .float16)
            for opCase in OpCase.all where opCase.name.contains("matmul") || opCase.name.contains("linear") {
                let found = try OpCheck.parity(of: opCase, on: device, applications: 2)
                // Operands rounded to 11 bits.
                #expect(found.worst <= 0.01, "\(opCase.name): \(found.outputs), \(found.gradients)")
            }
        }
    }

    /// The same products, uploads, layouts and tiles in float32: what surrounds the kernel is right.
    @Test func float32ProductsPassTheTestOf16Bits() throws {
        var profile = VulkanProfile.gpu
        profile.product = .sharedTiles([
            VulkanProfile.Tile(rows: 64, columns: 32, leastGroups: 0),
            VulkanProfile.Tile(rows: 32, columns: 32, leastGroups: 0),
        ])
        let device = try VulkanDevice(profile: profile)
        let before = device.recordingCounts.dispatches
        #expect(try device.productFault() == nil)
        // Two products for each of three layouts and two tiles, two of them each with an operand to be packed.
        #expect(device.recordingCounts.dispatches >= before + 12)
    }
}
