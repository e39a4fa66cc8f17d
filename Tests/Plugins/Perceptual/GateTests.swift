import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import Synchronization
import Testing

@Suite struct GateTests {
    /// Σ (predicted − reference)² of each image; remembers the batches that it saw.
    private final class Squares: PerceptualLoss {
        let batches = Mutex<[Int]>([])
        var officialGate: GateBehaviour { .wholeBatch(closed: 1) }

        func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
            batches.withLock { $0.append(predicted.shape[0]) }
            let wanted = context.remembering(["squares"]) { _ in [reference] }[0]
            return (predicted - wanted).squared().sum(over: [1, 2, 3])
        }
    }

    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 1) }

    @Test func imagesBeforeTheGateAreLeftOut() throws {
        let loss = Squares()
        let (values, gradient) = try run(Gated(loss, from: 0.3), times: [0.29, 0.3, 0.9])
        // Each counts 3/2, so that the mean over three is the mean over the two.
        #expect(values == [0, 12, 27])
        #expect(gradient == [0, 0, 6, 6, 9, 9])
        #expect(loss.batches.withLock { $0 } == [2])
    }

    @Test func theThresholdIsThePapersUnlessAnotherIsGiven() throws {
        #expect(Gated(Squares()).threshold == 0.3)
        #expect(GateConfiguration().from == 0.3 && GateConfiguration.open.from == 0)
    }

    @Test func aClosedGateCostsNothing() throws {
        let loss = Squares()
        let (values, gradient) = try run(Gated(loss, from: 0.3), times: [0, 0.1, 0.2])
        #expect(values == [0, 0, 0] && gradient == nil)
        #expect(loss.batches.withLock { $0 }.isEmpty)
    }

    @Test func theOfficialGateOpensForTheWholeBatch() throws {
        let loss = Squares()
        let gate = Gated(loss, from: 0.3, behaviour: loss.officialGate)
        #expect(try run(gate, times: [0, 0.1, 0.3]).values == [2, 8, 18])
        #expect(try run(gate, times: [0, 0.1, 0.2]).values == [1, 1, 1])
    }

    @Test func whatIsKnownAboutTheBatchServesAPartOfIt() throws {
        let context = LossContext(times: [0, 1, 1], pass: Pass(ParameterStore([], values: [])))
        let images = Tensor((0..<6).map(Float.init), shape: [3, 2], on: device)
        var calls = 0
        let whole = context.remembering(["x"]) { _ in
            calls += 1
            return [images]
        }
        var asked: [Int] = []
        let parts = context.selecting([2, 1]).remembering(["w", "x", "y"]) { missing in
            calls += 1
            asked = missing
            return missing.map { Tensor.filled(Float($0), shape: [2, 1], on: device) }
        }
        #expect(whole[0].shape == [3, 2] && calls == 2 && asked == [0, 2])
        #expect(try parts.map { try $0.scalars() } == [[0, 0], [4, 5, 2, 3], [2, 2]])
    }

    @Test func theMeanOverTheBatchHasItsWeight() throws {
        #expect(try run(Weighted(Squares(), by: 0.5), times: [1, 1, 1]).values == [1, 4, 9])
    }

    /// Values and gradient of their mean; image n differs from the truth by n + 1 in both of its pixels.
    private func run(_ loss: any PerceptualLoss, times: [Float]) throws -> (values: [Float], gradient: [Float]?) {
        let tape = Tape()
        let predicted = tape.watch(Tensor([1, 1, 2, 2, 3, 3], shape: [3, 1, 1, 2], on: device))
        let context = LossContext(times: times, pass: Pass(ParameterStore([], values: [])))
        let values = loss.values(
            of: predicted, reference: Tensor.zeros(predicted.shape, on: device), in: context)
        let gradient = tape.gradients(of: values.sum(), withRespectTo: [predicted])[0]
        return (try values.scalars(), try gradient?.scalars())
    }
}
