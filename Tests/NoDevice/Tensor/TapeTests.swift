import SwiffuseTensor
import Testing

@Suite struct TapeTests {
    private let device = NullDevice()

    @Test func aLongChainIsFreedWithoutRecursion() {
        let tape = Tape()
        var x = tape.watch(Tensor.ones([1], on: device))
        for _ in 0..<100_000 { x = x + 1 }
        let unused = tape.gradients(of: x.sum(), withRespectTo: [])
        #expect(unused.isEmpty)
        #expect(device.memoryUse.current < 1_000)
    }

    @Test func onlyReachedValuesHaveGradients() {
        let tape = Tape()
        let (a, b) = (tape.watch(Tensor.ones([2, 3], on: device)), tape.watch(Tensor.ones([3], on: device)))
        let gradients = tape.gradients(of: (a * 2).sum(), withRespectTo: [a, b])
        #expect(gradients[0]?.shape == [2, 3])
        #expect(gradients[1] == nil)
    }

    @Test func severalLossesShareARecording() {
        let tape = Tape()
        let x = tape.watch(Tensor.ones([4], on: device))
        let y = x.exp()
        let first = tape.gradients(of: y.sum(), withRespectTo: [x], retention: .keep)
        let second = tape.gradients(of: y.squared().sum(), withRespectTo: [x])
        #expect(first[0]?.shape == [4] && second[0]?.shape == [4])
        let third = tape.gradients(of: y.sum(), withRespectTo: [x])
        #expect(third[0] == nil)  // the record has been released
    }

    @Test func gradientsCarryTheShapesOfTheirValues() {
        let tape = Tape()
        let (a, b) = (tape.watch(Tensor.ones([5, 1, 3], on: device)), tape.watch(Tensor.ones([7, 1], on: device)))
        let loss = (a * b).transposed().sliced(along: 2, 2..<6).sum()
        let gradients = tape.gradients(of: loss, withRespectTo: [a, b])
        #expect(gradients[0]?.shape == [5, 1, 3] && gradients[1]?.shape == [7, 1])
    }

    @Test func nothingIsRecordedOutsideATape() {
        let x = Tensor.ones([2], on: device)
        #expect(!(x + x).isTracked)
        let tape = Tape()
        #expect((tape.watch(x) + x).isTracked)
        #expect(!(tape.watch(x) + x).detached().isTracked)
    }
}
