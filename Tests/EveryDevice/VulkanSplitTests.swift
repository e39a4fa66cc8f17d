import SwiffuseTensor
import SwiffuseTesting
import SwiffuseVulkan
import Testing

/// A dispatch that would run for too long is cut into several with the same result.
@Suite(.needsVulkan) struct VulkanSplitTests {
    private static let cases = [
        "add, strided", "cast", "matmul", "matmul, batched", "matmul, large", "linear, large", "rows", "scattered rows",
        "windows, overlapping", "fold, overlapping", "sum, first axis", "sum of squares, large", "rms-norm, wide",
        "adaptive-residual", "adamw-ema",
    ]

    @Test func cutDispatchesMatchTheReference() throws {
        var profile = VulkanProfile.gpu
        profile.groupSize = 4
        profile.product = .sharedTiles([VulkanProfile.Tile(rows: 16, columns: 16, leastGroups: 0)])
        let whole = try VulkanDevice(profile: profile)
        profile.dispatchOperations = 2000
        profile.submitOperations = 2000
        let cut = try VulkanDevice(profile: profile)
        for opCase in OpCase.all where Self.cases.contains(opCase.name) {
            let found = try OpCheck.parity(of: opCase, on: cut, applications: 2)
            #expect(
                found.worst <= 2 * opCase.tolerance,
                "\(opCase.name): outputs \(found.outputs), gradients \(found.gradients)")
            _ = try OpCheck.parity(of: opCase, on: whole, applications: 2)
        }
        #expect(cut.recordingCounts.dispatches > 2 * whole.recordingCounts.dispatches)
        #expect(cut.recordingCounts.submissions > cut.recordingCounts.dispatches / 4)
    }

    @Test(arguments: [
        (WorkgroupGrid(7, 1, 1), 3), (WorkgroupGrid(5, 4, 1), 12), (WorkgroupGrid(2, 3, 5), 12),
        (WorkgroupGrid(2, 3, 5), 4), (WorkgroupGrid(9, 1, 2), 4), (WorkgroupGrid(2, 3, 5), 100),
    ])
    func partsCoverEachWorkgroupOnce(_ grid: WorkgroupGrid, _ limit: Int) {
        let parts = grid.parts(ofAtMost: limit)
        #expect(parts.allSatisfy { $0.count <= limit })
        #expect(Set(parts.flatMap(\.places)) == Set(grid.places))
        #expect(parts.reduce(0) { $0 + $1.count } == grid.count)
    }

    @Test func rowsOfFoldedWorkgroupsStayWhole() {
        let parts = WorkgroupGrid(10, 3, 1).parts(ofAtMost: 4)
        #expect(parts.map(\.counts) == Array(repeating: SIMD3(10, 1, 1), count: 3))
    }
}

extension WorkgroupGrid {
    fileprivate var places: [SIMD3<Int>] {
        (0..<counts.z).flatMap { z in
            (0..<counts.y).flatMap { y in (0..<counts.x).map { start &+ SIMD3($0, y, z) } }
        }
    }
}
