import SwiffuseCPU
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct ConvolutionTests {
    private let same = PatchGeometry(kernel: (3, 3), stride: (1, 1), padding: (1, 1))

    /// Images whose sides leave every remainder by four, narrower and wider than a vector of tiles, in one task and many.
    @Test(arguments: [
        (images: 13, height: 5, width: 6, padding: 1), (images: 9, height: 7, width: 11, padding: 0),
        (images: 2, height: 33, width: 18, padding: 1), (images: 1, height: 9, width: 145, padding: 2),
        (images: 50, height: 3, width: 4, padding: 1),
    ])
    func windowsOfThreeAgreeWithTheReference(
        _ sizes: (images: Int, height: Int, width: Int, padding: Int)
    ) throws {
        let device = try CPUDevice(threads: 2)
        var random = Philox(seed: 21)
        let x = Tensor.normal([sizes.images, 17, sizes.height, sizes.width], using: &random, on: device)
        let weight = Tensor.normal([19, 17, 3, 3], using: &random, on: device)
        let geometry = PatchGeometry(kernel: (3, 3), stride: (1, 1), padding: (sizes.padding, sizes.padding))
        let op = ConvolutionOp(geometry, hasBias: false)
        // Winograd's algorithm loses a digit: 6·10⁻⁶ at most for these.
        let (found, expected) = (op([x, weight])[0], op.reference([x, weight])[0])
        let seed = Tensor.normal(found.shape, using: &random, on: device)
        #expect(try largestError(found, expected) < 2e-5)
        let gradients = [{ op($0)[0] }, { op.reference($0)[0] }].map { (run: ([Tensor]) -> Tensor) in
            let tape = Tape()
            let watched = tape.watch(x)
            return tape.gradients(of: run([watched, weight]), seed: seed, withRespectTo: [watched])[0]
        }
        let (own, reference) = (try #require(gradients[0]), try #require(gradients[1]))
        #expect(try largestError(own, reference) < 2e-5)
    }

    /// Relative to the root mean square of what is expected.
    private func largestError(_ found: Tensor, _ expected: Tensor) throws -> Double {
        let (a, b) = (try found.scalars(), try expected.scalars())
        let square = b.reduce(0) { $0 + Double($1) * Double($1) } / Double(b.count)
        return zip(a, b).reduce(0) { max($0, Double(abs($1.0 - $1.1))) } / square.squareRoot()
    }

    @Test func anImagesValuesDoNotReachOthers() throws {
        let device = try CPUDevice(threads: 1)
        let op = ConvolutionOp(same, hasBias: false)
        let weight = Tensor.ones([8, 8, 3, 3], on: device)
        let good = Tensor.ones([24, 8, 5, 6], on: device)
        let bad = Tensor.filled(.nan, shape: [1, 8, 5, 6], on: device)
        let mixed = Tensor.concatenated([good, bad, good], along: 0)
        let values = try op([mixed, weight])[0].scalars()
        let expected = try op.reference([good, weight])[0].scalars()
        let perImage = 8 * 5 * 6
        #expect(values[(24 * perImage)..<(25 * perImage)].allSatisfy { $0.isNaN })
        for start in [0, 25 * perImage] {
            #expect(zip(values[start...], expected).allSatisfy { abs($0 - $1) < 1e-3 })
        }
    }

    @Test func frozenWeightsKeepNoImages() throws {
        let device = try CPUDevice(threads: 1)
        let op = ConvolutionOp(same, hasBias: false, activation: .relu)
        let weight = Tensor.ones([8, 8, 3, 3], on: device)
        let byteCount = 4 * 8 * 64 * 64
        for (trains, imagesKept) in [(false, 1), (true, 2)] {
            let tape = Tape()
            let before = device.memoryUse.current
            let result = {
                let x = tape.watch(Tensor.ones([1, 8, 64, 64], on: device))
                return op([x, trains ? tape.watch(weight) : weight])[0]
            }()
            #expect(device.memoryUse.current - before == imagesKept * byteCount)
            #expect(result.shape == [1, 8, 64, 64])
        }
    }
}
