import SwiffuseCPU
import SwiffuseTensor
import SwiffuseVulkan
import Testing

@Suite(.needsVulkan) struct VulkanDeviceTests {
    @Test func memoryIsReusedAndReported() throws {
        let device = try VulkanDevice()
        do {
            let tensor = Tensor.zeros([1000, 1000], on: device)
            #expect(device.memoryUse.current >= tensor.count * 4)
        }
        #expect(device.memoryUse.current == 0)
        #expect(device.memoryUse.highWaterMark >= 4_000_000)
        let reserved = device.memoryUse.reserved
        _ = Tensor.zeros([1000, 1000], on: device)
        #expect(device.memoryUse.reserved == reserved)
        try device.trimCache()
        #expect(device.memoryUse.reserved == 0)
    }

    @Test func aLimitIsATypedError() throws {
        let device = try VulkanDevice(memoryLimit: 1 << 20)
        let tensor = Tensor.zeros([1 << 20], on: device) + 1
        #expect(tensor.shape == [1 << 20])
        #expect {
            try tensor.scalars()
        } throws: { error in
            guard case DeviceError.outOfMemory(_, let operation?, _, _, let limit) = error else { return false }
            return !operation.isEmpty && limit == 1 << 20
        }
        #expect(try Tensor.ones([1000], on: device).sum().scalar() == 1000)
    }

    @Test func aFullPoolGivesFreeBlocksBackBeforeItFails() throws {
        let device = try VulkanDevice(memoryLimit: 40 << 20)
        _ = try Tensor.zeros([3 << 20], on: device).sum().scalar()
        // 12 MiB were used and are free in a block too small for this.
        #expect(try Tensor.ones([9 << 20], on: device).sum().scalar() == Float(9 << 20))
    }

    @Test func anIndexOutsideTheTableIsATypedError() throws {
        let device = try #require(VulkanFixture.device)
        let table = Tensor.ones([3, 2], on: device)
        let rows = table.rows(Tensor(integers: [0, 3], shape: [2], on: device))
        #expect(throws: DeviceError.self) { try (rows + 1).scalars() }
        #expect(throws: DeviceError.self) { try rows.scalars() }
        let scattered = rows.scatteredRows(to: Tensor(integers: [0, -1], shape: [2], on: device), rowCount: 2)
        #expect(throws: DeviceError.self) { try scattered.scalars() }
    }

    @Test func uploadsDoNotOvertakeQueuedWork() throws {
        let device = try #require(VulkanFixture.device)
        var sums: [Tensor] = []
        // Memory of one round is reused by the next while its work is still queued.
        for round in 0..<50 {
            let tensor = Tensor(Array(repeating: Float(round), count: 1111), shape: [1111], on: device)
            sums.append(tensor.sum())
        }
        for (round, sum) in sums.enumerated() { #expect(try sum.scalar() == Float(round * 1111)) }
    }

    @Test func moreRowsThanOneAxisOfADispatchHolds() throws {
        let device = try #require(VulkanFixture.device)
        let x = Tensor.ones([70_001, 3], on: device)
        #expect(try x.sum(over: [1]).sum().scalar() == 210_003)
        let wide = Tensor.ones([70_001, 16], on: device)
        #expect(try RMSNormOp(epsilon: 0)([wide, Tensor.ones([16], on: device)])[0].sum().scalar() == 1_120_016)
        // More tiles of 32 rows than the axis holds.
        let long = Tensor.ones([2_100_000, 4], on: device)
        #expect(try long.matmul(Tensor.ones([4, 4], on: device)).sum().scalar() == 33_600_000)
    }

    @Test func buffersOver128MiBAreReadAndWrittenToTheirEnd() throws {
        let device = try #require(VulkanFixture.device)
        let x = Tensor.ones([70_001, 601], on: device) * 2
        #expect(x.count * 4 > 160 << 20)
        #expect(try x.sum(over: [1]).scalars().allSatisfy { $0 == 1202 })
    }

    /// On llvmpipe, operands of this size are copied into panels first.
    @Test func productsOverManyPagesMatchTheProcessor() throws {
        var random = Philox(seed: 4)
        let cpu = try CPUDevice(threads: 2)
        let a = Tensor.normal([259, 3001], using: &random, on: cpu)
        let b = Tensor.normal([3001, 1021], using: &random, on: cpu)
        let device = try #require(VulkanFixture.device)
        let moved = try [a, b].map { Tensor(try $0.scalars(), shape: $0.shape, on: device) }
        let found = try moved[0].matmul(moved[1]).scalars()
        let worst = zip(found, try a.matmul(b).scalars()).map { abs($0 - $1) }.max()
        // Sums of 3001 products with a deviation of 55: two orders of adding differ by some hundred roundings of 4e-6.
        #expect(try #require(worst) < 2e-3)
    }

    @Test func longSumsAreExactForWholeNumbers() throws {
        // One invocation must not loop 65,536 times on llvmpipe: the rest would be dropped silently.
        let device = try #require(VulkanFixture.device)
        #expect(try Tensor.ones([8_388_608], on: device).sum().scalar() == 8_388_608)
        #expect(try Tensor.ones([1_000_003, 2], on: device).sum(over: [0]).scalars() == [1_000_003, 1_000_003])
    }

    @Test func smallTensorsShareADispatchOfTheOptimizer() throws {
        let device = try VulkanDevice()
        let step = AdamWOp(
            learningRate: 0.1, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0, step: 1, decays: [0.5])
        var groups = [16, 8, 1028].map { count in (0..<4).map { _ in Tensor.ones([count], on: device) } }
        let reading = groups.map { [$0[0] * 2, Tensor.ones([1], on: device)] }
        let factor = reading[0][1]
        let before = device.recordingCounts.dispatches
        step.update(each: &groups, reading: reading.map { [$0[0], factor] })
        #expect(device.recordingCounts.dispatches == before + 1)
        for group in groups {
            // p ← 1 − 0.1 · 2/√4, the average halfway between.
            #expect(try group[0].scalars().allSatisfy { abs($0 - 0.9) < 1e-6 })
            #expect(try group[3].scalars().allSatisfy { abs($0 - 0.95) < 1e-6 })
        }
    }

    @Test func concurrentUseIsSafe() async throws {
        try await checkConcurrentUse(of: try #require(VulkanFixture.device))
    }

    @Test func theKernelThatGivesNaNIsNamed() throws {
        let device = try VulkanDevice(watch: VulkanWatch(checksNumbers: true))
        let x = Tensor([4, -1, 9], shape: [3], on: device)
        #expect(try (x * 2).scalars() == [8, -2, 18])
        #expect {
            try (x.squareRoot() + 1).scalars()
        } throws: { error in
            "\(error)".contains("kernel elementwise") && "\(error)".contains("element 1")
        }
    }

    @Test func kernelsAreTimedOnRequest() throws {
        let device = try VulkanDevice(watch: VulkanWatch(isTimed: true))
        let x = Tensor.ones([64, 64], on: device)
        for _ in 0..<3 { _ = x.matmul(x) }
        let times = try device.takeKernelTimes()
        #expect(times.first { $0.name == "matmul" }?.count == 3)
        #expect(try device.takeKernelTimes().isEmpty)
    }

    @Test func anUnknownDeviceIsATypedError() {
        #expect {
            try VulkanDevice(index: 99)
        } throws: { error in
            guard case DeviceError.unavailable(let device, _) = error else { return false }
            return device == "vulkan:99"
        }
    }
}
