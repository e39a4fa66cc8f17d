import SwiffuseCPU
import SwiffuseTensor
import Testing

/// Attention without keys gives 0, and without queries no gradient.
@Suite struct EmptyAttentionTests {
    @Test(arguments: [6, 16], [false, true])
    func withoutKeys(size: Int, isMasked: Bool) throws {
        let device = try CPUDevice(threads: 1)
        let tape = Tape()
        let q = tape.watch(Tensor.ones([2, 3, 5, size], on: device))
        let none = Tensor.ones([2, 3, 0, size], on: device)
        let mask = isMasked ? [Tensor.ones([1, 1, 1, 0], on: device)] : []
        let result = AttentionOp(scale: 1, isMasked: isMasked)([q, none, none] + mask)[0]
        #expect(try result.scalars() == [Float](repeating: 0, count: 2 * 5 * 3 * size))
        let gradient = try #require(tape.gradients(of: result.sum(), withRespectTo: [q])[0])
        #expect(try gradient.scalars().allSatisfy { $0 == 0 })
    }

    @Test(arguments: [6, 16])
    func withoutQueries(size: Int) throws {
        let device = try CPUDevice(threads: 1)
        let tape = Tape()
        let keys = (0..<2).map { _ in tape.watch(Tensor.ones([2, 3, 5, size], on: device)) }
        let result = AttentionOp(scale: 1)([Tensor.ones([2, 3, 0, size], on: device)] + keys)[0]
        #expect(result.shape == [2, 0, 3 * size])
        for gradient in tape.gradients(of: result.sum(), withRespectTo: keys) {
            #expect(try #require(gradient).scalars().allSatisfy { $0 == 0 })
        }
    }
}
