import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct Conv2DTests {
    @Test(arguments: [(3, 1, 1), (3, 2, 0), (2, 1, 0), (1, 1, 0)])
    func matchesTheDefinition(_ kernel: Int, _ stride: Int, _ padding: Int) throws {
        let device = ReferenceDevice()
        let scope = Scope()
        let layer = Conv2D(scope, from: 2, to: 3, kernel: kernel, stride: stride, padding: padding)
        var random = Philox(seed: 5)
        let store = ParameterStore(
            scope.parameters, values: scope.parameters.map { Tensor.normal($0.shape, using: &random, on: device) })
        let image = Tensor.normal([2, 2, 5, 7], using: &random, on: device)
        let result = layer(image, Pass(store))
        let (x, w, b) = (try image.scalars(), try store[layer.weight].scalars(), try store.values[1].scalars())
        let (rows, columns) = (result.shape[2], result.shape[3])
        #expect(rows == (5 + 2 * padding - kernel) / stride + 1 && columns == (7 + 2 * padding - kernel) / stride + 1)
        for (position, value) in try result.scalars().enumerated() {
            let (column, row) = (position % columns, position / columns % rows)
            let (out, batch) = (position / (columns * rows) % 3, position / (columns * rows * 3))
            var expected = b[out]
            for c in 0..<2 {
                for r in 0..<kernel {
                    for k in 0..<kernel {
                        let (y, z) = (row * stride + r - padding, column * stride + k - padding)
                        guard (0..<5).contains(y), (0..<7).contains(z) else { continue }
                        expected += x[((batch * 2 + c) * 5 + y) * 7 + z] * w[((out * 2 + c) * kernel + r) * kernel + k]
                    }
                }
            }
            #expect(abs(value - expected) < 1e-4)
        }
    }

    @Test func itsGradientsMatchDifferences() throws {
        let device = ReferenceDevice()
        let scope = Scope()
        let layer = Conv2D(scope, from: 3, to: 2, kernel: 3, padding: 1)
        var random = Philox(seed: 6)
        let inputs =
            [Tensor.normal([2, 3, 5, 4], using: &random, on: device)]
            + scope.parameters.map { Tensor.normal($0.shape, using: &random, on: device) }
        let error = try DirectionalDerivative.error(
            of: { layer($0[0], Pass(ParameterStore(scope.parameters, values: Array($0[1...])))).squared() }, at: inputs)
        #expect(error < 2e-3)
    }

    @Test func poolingTakesTheLargestAndLeavesOddEdgesOut() throws {
        let values: [Float] = [1, 5, 2, 9, 0, 3, 4, 8, 7, 0, 6, 6, 6, 6, 0]
        let image = Tensor(values, shape: [1, 1, 3, 5], on: ReferenceDevice())
        let tape = Tape()
        let watched = tape.watch(image)
        let pooled = watched.maxPooledByTwo()
        #expect(pooled.shape == [1, 1, 1, 2])
        #expect(try pooled.scalars() == [5, 9])
        let gradient = try tape.gradients(of: pooled, withRespectTo: [watched])[0]?.scalars()
        #expect(gradient == [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func equalValuesGiveTheGradientToTheFirst() throws {
        let tape = Tape()
        let image = tape.watch(Tensor([2, 7, 7, 7], shape: [1, 1, 2, 2], on: ReferenceDevice()))
        let gradient = try tape.gradients(of: image.maxPooledByTwo(), withRespectTo: [image])[0]?.scalars()
        #expect(gradient == [0, 1, 0, 0])
    }

    @Test func rectifyingHasNoGradientAtZero() throws {
        let tape = Tape()
        let x = tape.watch(Tensor([-1, 0, 2], shape: [3], on: ReferenceDevice()))
        let y = x.relu()
        #expect(try y.scalars() == [0, 0, 2])
        #expect(try tape.gradients(of: y, withRespectTo: [x])[0]?.scalars() == [0, 0, 1])
    }
}
