import SwiffuseCPU
import SwiffuseTensor
import Testing

@Suite struct RecomputingTests {
    private func product(_ x: Tensor, _ weight: Tensor) -> Tensor {
        LinearOp(hasBias: false)([SwiGLUOp()([x])[0], weight])[0]
    }

    @Test func cheapResultsTakeNoMemoryUntilTheirGradient() throws {
        let device = NullDevice(mimicking: try CPUDevice().kernels)
        let tape = Tape()
        let x = tape.watch(Tensor.ones([7, 6], on: device))
        let weight = tape.watch(Tensor.ones([5, 3], on: device))
        let before = device.memoryUse.current
        let y = product(x, weight)
        #expect(device.memoryUse.current - before == y.spec.byteCount)
        #expect(tape.gradients(of: y.sum(), withRespectTo: [x, weight]).allSatisfy { $0 != nil })
    }

    @Test func gradientsAreThoseOfKeptResults() throws {
        let device = try CPUDevice()
        let x = Tensor.random(.normal, [7, 6], from: Philox(seed: 1), on: device)
        let weight = Tensor.random(.normal, [5, 3], from: Philox(seed: 2), on: device)
        let tape = Tape()
        let (a, b) = (tape.watch(x), tape.watch(weight))
        let found = tape.gradients(of: product(a, b).squared().sum(), withRespectTo: [a, b])
        // A view has no origin: what comes after it keeps its memory.
        let other = Tape()
        let (c, d) = (other.watch(x), other.watch(weight))
        let kept = LinearOp(hasBias: false)([SwiGLUOp()([c])[0].reshaped(to: 7, 3), d])[0]
        let wanted = other.gradients(of: kept.squared().sum(), withRespectTo: [c, d])
        for (first, second) in zip(found, wanted) {
            #expect(try first?.scalars() == second?.scalars())
        }
    }
}
