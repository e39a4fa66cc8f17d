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

    @Test(arguments: [[0, 5], [2, 0]])
    func withoutImagesOrTokens(_ sizes: [Int]) throws {
        let device = try CPUDevice(threads: 2)
        let tape = Tape()
        let qkv = tape.watch(Tensor.ones([sizes[0], sizes[1], 3 * 2 * 16], on: device))
        let weights = (0..<2).map { _ in tape.watch(Tensor.ones([16], on: device)) }
        let tables = (0..<2).map { _ in Tensor.ones([sizes[1], 16], on: device) }
        let op = RotarySelfAttentionOp(heads: QKNormRotaryOp(headCount: 2), scale: 0.25)
        let result = op([qkv] + weights + tables)[0]
        #expect(result.shape == [sizes[0], sizes[1], 2 * 16])
        let gradients = tape.gradients(of: result.sum(), withRespectTo: [qkv] + weights)
        #expect(try #require(gradients[0]).scalars().isEmpty)
        for gradient in gradients.dropFirst() {
            #expect(try #require(gradient).scalars() == [Float](repeating: 0, count: 16))
        }
    }
}
