import SwiffuseCPU
import SwiffuseTensor
import Testing

@Suite struct EarlyGradientTests {
    private func loss(_ x: Tensor) -> Tensor { (x.squared() * x).sigmoid().mean() }

    @Test func gradientsAreThoseOfTheBackwardWalk() throws {
        let device = try CPUDevice(threads: 1)
        let values = Tensor.random(.normal, [3, 5, 7], from: Philox(seed: 1), on: device)
        let (tape, other) = (Tape(), Tape())
        let (x, y) = (tape.watch(values), other.watch(values))
        let early = differentiatingEarly(x * 2) { loss($0) } * 3
        let usual = loss(y * 2) * 3
        #expect(try early.scalar() == usual.scalar())
        // Twice, as adaptive balancing walks a recording.
        for _ in 0..<2 {
            let found = try #require(early.gradients(withRespectTo: [x])[0]).scalars()
            let wanted = try #require(usual.gradients(withRespectTo: [y])[0]).scalars()
            // A factor is applied to the gradient instead of the cotangent: some roundings more.
            for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= 1e-6 * (abs(b) + 1e-3)) }
        }
    }

    @Test func nothingIsKeptButTheGradient() throws {
        let device = NullDevice(mimicking: try CPUDevice(threads: 1).kernels)
        let tape = Tape()
        let x = tape.watch(Tensor.ones([7, 6], on: device))
        let before = device.memoryUse.current
        let value = differentiatingEarly(x) { loss($0) }
        #expect(device.memoryUse.current - before == x.spec.byteCount + value.spec.byteCount)
        #expect(tape.gradients(of: value, withRespectTo: [x])[0]?.shape == x.shape)
    }

    @Test func unrecordedValuesStayUnrecorded() throws {
        let device = try CPUDevice(threads: 1)
        let x = Tensor.ones([4], on: device)
        #expect(!differentiatingEarly(x) { loss($0) }.isTracked)
        let recorded = Tape().watch(x)
        #expect(!differentiatingEarly(recorded) { _ in Tensor.zeros([], on: device) }.isTracked)
    }
}
