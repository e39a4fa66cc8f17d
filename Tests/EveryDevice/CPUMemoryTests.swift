import SwiffuseCPU
import SwiffuseTensor
import Testing

@Suite struct CPUMemoryTests {
    private let megabyte = 1 << 20

    private func tensor(_ bytes: Int, _ value: Float = 0, on device: CPUDevice) -> Tensor {
        Tensor.filled(value, shape: [bytes / 4], on: device)
    }

    @Test func freeNeighboursServeLargerRequests() throws {
        let device = try CPUDevice(threads: 1)
        do {
            let parts = (0..<3).map { _ in tensor(megabyte, on: device) }
            #expect(parts.allSatisfy { $0.failure == nil })
        }
        let reserved = device.memoryUse.reserved
        let large = tensor(3 * megabyte, on: device)
        #expect(large.failure == nil && device.memoryUse.reserved == reserved && reserved <= 3 * megabyte + 4096)
    }

    @Test func oneLargeFreeBlockServesSmallerRequests() throws {
        let device = try CPUDevice(threads: 1)
        _ = tensor(5 * megabyte, on: device)
        let reserved = device.memoryUse.reserved
        let parts = [1, 3, 1].map { tensor($0 * megabyte, on: device) }
        #expect(parts.allSatisfy { $0.failure == nil } && device.memoryUse.reserved == reserved)
    }

    @Test func trimmingKeepsWhatIsInUse() throws {
        let device = try CPUDevice(threads: 1)
        let first = tensor(megabyte, 1, on: device)
        var second: Tensor? = tensor(2 * megabyte, 2, on: device)
        let third = tensor(megabyte, 3, on: device)
        _ = tensor(4 * megabyte, on: device)
        #expect(second?.failure == nil)
        second = nil
        device.trimCache()
        #expect(device.memoryUse.reserved < 5 * megabyte)
        #expect(try first.scalars() == [Float](repeating: 1, count: megabyte / 4))
        #expect(try third.scalars() == [Float](repeating: 3, count: megabyte / 4))
        // What was given back is handed out again.
        let again = tensor(2 * megabyte, 4, on: device)
        #expect(try again.scalars() == [Float](repeating: 4, count: megabyte / 2))
        #expect(try third.scalars() == [Float](repeating: 3, count: megabyte / 4))
    }

    @Test func aLimitLeavesRoomForWhatFits() throws {
        let device = try CPUDevice(threads: 1, memoryLimit: 4 * megabyte)
        for _ in 0..<5 {
            #expect(tensor(3 * megabyte, on: device).failure == nil)
            #expect(tensor(4 * megabyte, on: device).failure == nil)
        }
        #expect(throws: DeviceError.self) { try (tensor(4 * megabyte + 64, on: device) + 1).scalars() }
        #expect(tensor(2 * megabyte, on: device).failure == nil)
    }

    @Test func aLimitCountsWhatIsInUseAfterTrimming() throws {
        let device = try CPUDevice(threads: 1, memoryLimit: 4 * megabyte)
        let sizes = [megabyte, megabyte, megabyte, megabyte / 10 * 9]
        var parts: [Tensor?] = sizes.map { tensor($0, on: device) }
        (parts[0], parts[2]) = (nil, nil)
        // More than is left without the free parts, whichever of them it reuses.
        let late = tensor(megabyte / 2 * 3, 5, on: device)
        #expect(try late.scalars().allSatisfy { $0 == 5 })
        #expect(device.memoryUse.reserved <= 4 * megabyte)
        #expect(parts.compactMap { $0 }.allSatisfy { $0.failure == nil })
    }

    /// Buffers of many sizes come and go; none writes into another.
    @Test func buffersDoNotOverlap() throws {
        let device = try CPUDevice(threads: 1)
        var random = Philox(seed: 5)
        var kept: [(value: Float, tensor: Tensor)] = []
        for (step, uniform) in random.uniforms(400).enumerated() {
            let size = 64 + Int(uniform * uniform * uniform * 300_000)
            kept.append((Float(step), Tensor.filled(Float(step), shape: [size], on: device)))
            if kept.count > 20 { kept.remove(at: step * 7 % kept.count) }
        }
        for (value, tensor) in kept {
            #expect(try tensor.scalars().allSatisfy { $0 == value })
        }
    }
}
