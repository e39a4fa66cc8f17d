import Swiffuse
import Testing

/// Every expression in the right-hand column of the article for users of PyTorch, with what it does.
@Suite struct PyTorchTableTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 1) }

    @Test func creation() throws {
        var random = Philox(seed: 7)
        #expect(try Tensor.zeros([2, 3], on: device).scalars() == [0, 0, 0, 0, 0, 0])
        #expect(try Tensor([1, 2], shape: [2], on: device).scalars() == [1, 2])
        #expect(Tensor.normal([2, 3], using: &random, on: device).shape == [2, 3])
    }

    @Test func views() throws {
        let x = Tensor([0, 1, 2, 3, 4, 5, 6, 7], shape: [2, 4, 1], on: device)
        #expect(x.reshaped(to: 2, -1).shape == [2, 4])
        #expect(x.permuted(to: [0, 2, 1]).shape == [2, 1, 4] && x.transposed().shape == [2, 1, 4])
        #expect(try x.sliced(along: 1, 1..<3).scalars() == [1, 2, 5, 6])
        let (a, b) = (x, x)
        #expect(Tensor.concatenated([a, b], along: 0).shape == [4, 4, 1])
        #expect(x.detached().shape == x.shape)
        let image = Tensor.ones([1, 3, 4, 4], on: device)
        #expect(unfolded(image).shape == [1, 12, 4])
    }

    private func unfolded(_ x: Tensor) -> Tensor { x.unfoldedColumns(.patches(of: 2)) }

    @Test func arithmetic() throws {
        let x = Tensor([-1, 1, 3, 5], shape: [2, 2], on: device)
        #expect(try x.chunked(into: 2, along: -1)[1].scalars() == [1, 5])
        #expect(try x.mean(over: [-1], axes: .kept).scalars() == [0, 4])
        let y = x
        #expect(try x.matmul(y).scalars() == [4, 4, 12, 28])
        let (c, a, b, zero) = (x, x * 2, x * 0, Tensor.zeros([], on: device))
        #expect(try zero.isLess(than: c).select(a, else: b).scalars() == [0, 2, 6, 10])
        #expect(try x.clamped(lower: 0).scalars() == [0, 1, 3, 5])
        #expect(try x.silu().scalars()[1] > 0.73)
        #expect(try abs(x.softmax().sum().scalar() - 2) < 1e-5)
        #expect(try x.scalars() == [-1, 1, 3, 5])
        #expect(try x.sum().scalar() == 8)
    }

    @Test func modules() throws {
        let scope = Scope()
        let linear = Linear(scope.child("linear"), from: 8, to: 4)
        _ = Linear(scope.child("plain"), from: 8, to: 4, bias: .none)
        _ = Conv2D(scope.child("conv"), from: 3, to: 8, kernel: 3, padding: 1)
        _ = Embedding(scope.child("labels"), count: 11, width: 8)
        _ = scope.parameter("scale", [8], initial: .ones)
        let store = ParameterStore(scope, seed: 0, on: device)
        let random = Philox(seed: 3)
        let (pass, training) = (Pass(store), Pass(store, dropout: .random(random)))
        let x = Tensor.ones([2, 8], on: device)
        #expect(linear(x, pass).shape == [2, 4])
        #expect(try linear(x, training).scalars() == linear(x, pass).scalars())
        #expect(store.values.count == store.parameters.count)
        #expect(
            store.parameters.map(\.key) == [
                "linear.weight", "linear.bias", "plain.weight", "conv.weight", "conv.bias", "labels.weight", "scale",
            ])
    }

    @Test func training() throws {
        let scope = Scope()
        let factor = scope.parameter("factor", [], initial: .constant(2))
        var store = ParameterStore(scope, seed: 0, on: device)
        let optimizer = AdamW(decays: [0.5])
        var state = optimizer.begin(store)
        func loss(_ store: ParameterStore) -> Tensor { store[factor].squared() }
        let (_, gradients) = try store.valueAndGradients { store in (loss(store), ()) }
        #expect(try gradients[factor]?.scalar() == 4)
        optimizer.update(&store, &state, gradients: gradients, learningRate: 1e-3)
        #expect(try store[factor].scalar() < 2)
        #expect(try Pass(state.averages[0])(factor).scalar() < 2)
        let tape = Tape()
        let x = tape.watch(Tensor([3], shape: [1], on: device))
        let y = recompute([x]) { [$0[0].silu()] }[0].sum()
        #expect(try #require(tape.gradients(of: y, withRespectTo: [x])[0]).scalar() > 1)
        #expect(throws: CheckpointError.self) { try TensorFiles.open("model.ckpt") }
    }
}
