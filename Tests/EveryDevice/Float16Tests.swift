import SwiffuseCPU
import SwiffuseTensor
import SwiffuseTesting
import SwiffuseVulkan
import Testing

/// Values at rest in 16 bits are rounded as the standard library does it, on every device.
@Suite struct Float16Tests {
    /// Both zeros, ties, the ends of the ranges of normal and of small numbers, and what is beyond them.
    private static let values: [Float] = [
        0, -0.0, 1, -3.141_592_7, 1 + 0x1p-11, 1 + 0x1.8p-10, 2049, 2051, 65_504, 65_519, 65_520, -1e6, .infinity,
        0x1p-14, 0x1.ffcp-15, 0x1.fffp-15, -0x1p-24, 0x1p-25, 0x1.0002p-25, 0x1.8p-24, 1e-10, .leastNonzeroMagnitude,
        .greatestFiniteMagnitude,
    ]

    private func check(_ device: any Device) throws {
        // An odd number of elements: the last one has a word to itself.
        let values = Self.values + (Self.values.count % 2 == 0 ? [1 / 3] : [])
        let kept = Tensor(values, shape: [values.count], on: device).cast(to: .float16)
        #expect(kept.dtype == .float16 && kept.spec.byteCount == 2 * values.count)
        let found = try kept.cast(to: .float32).scalars()
        for (value, found) in zip(values, found) {
            #expect(found.bitPattern == Float(Float16(value)).bitPattern, "\(value): \(found)")
        }
        let none = Tensor([.nan], shape: [1], on: device).cast(to: .float16).cast(to: .float32)
        #expect(try none.scalars()[0].isNaN)
    }

    @Test func theProcessorRoundsToNearest() throws { try check(try CPUDevice(threads: 1)) }

    @Test func theReferenceRoundsToNearest() throws { try check(ReferenceDevice()) }

    @Test(.needsVulkan) func vulkanRoundsToNearest() throws { try check(try #require(VulkanFixture.device)) }

    /// Every one of the 65,536 patterns that is a number goes there and back unchanged.
    @Test(.needsVulkan) func everyNumberOf16BitsIsKept() throws {
        let values = (UInt16.min...UInt16.max).map { Float(Float16(bitPattern: $0)) }.filter { !$0.isNaN }
        for device in [try CPUDevice(threads: 1), try #require(VulkanFixture.device)] as [any Device] {
            let kept = Tensor(values, shape: [values.count], on: device).cast(to: .float16)
            let found = try kept.cast(to: .float32).scalars()
            #expect(zip(values, found).allSatisfy { $0.bitPattern == $1.bitPattern }, "\(device.id)")
        }
    }

    @Test(.needsVulkan) func keptWeightsTakeHalfTheMemory() throws {
        let device = try VulkanDevice()
        let kept = Tensor.ones([1000, 1000], on: device).cast(to: .float16)
        #expect((2_000_000..<2_100_000).contains(device.memoryUse.current), "\(device.memoryUse.current)")
        #expect(try kept.cast(to: .float32).sum().scalar() == 1_000_000)
    }

    /// A linear layer with a weight of 16 bits gives what the processor gives for the rounded weight.
    @Test(.needsVulkan) func linearLayersUseTheRoundedWeight() throws {
        let device = try #require(VulkanFixture.device)
        let cpu = try CPUDevice(threads: 1)
        let (x, weight) = (Self.numbers([7, 13], seed: 1), Self.numbers([23, 13], seed: 2))
        let rounded = weight.map { Float(Float16($0)) }
        let expected = LinearOp(hasBias: false)([
            Tensor(x, shape: [7, 13], on: cpu), Tensor(rounded, shape: [23, 13], on: cpu),
        ])[0]
        let kept = Tensor(weight, shape: [23, 13], on: device).cast(to: .float16)
        let found = LinearOp(hasBias: false)([Tensor(x, shape: [7, 13], on: device), kept.cast(to: .float32)])[0]
        for (found, expected) in zip(try found.scalars(), try expected.scalars()) {
            #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected)), "\(found), \(expected)")
        }
        #expect(weight != rounded)
    }

    private static func numbers(_ shape: [Int], seed: UInt64) -> [Float] {
        var random = Philox(seed: seed)
        return random.uniforms(shape.reduce(1, *)).map { 2 * $0 - 1 }
    }
}
