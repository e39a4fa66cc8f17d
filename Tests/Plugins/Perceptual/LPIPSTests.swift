import SwiffuseCPU
import SwiffuseDiffusion
import SwiffuseNN
import SwiffusePerceptual
import SwiffuseTensor
import Testing

@Suite struct LPIPSTests {
    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 1) }

    @Test func picturesAreAsFarAsTheirFeatures() throws {
        let (lpips, pass) = try network()
        var random = Philox(seed: 3)
        let first = Tensor.normal([2, 3, 17, 19], using: &random, on: device)
        let second = Tensor.normal([2, 3, 17, 19], using: &random, on: device)
        let distance = try lpips.distance(first, second, pass).scalars()
        let reversed = try lpips.distance(second, first, pass).scalars()
        #expect(distance.allSatisfy { $0 > 1e-3 })
        #expect(zip(distance, reversed).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(try lpips.distance(first, first, pass).scalars() == [0, 0])
    }

    @Test func greyPicturesAreColourPicturesWithEqualChannels() throws {
        let (lpips, pass) = try network()
        var random = Philox(seed: 4)
        let grey = Tensor.normal([2, 1, 16, 16], using: &random, on: device)
        let other = Tensor.normal([2, 1, 16, 16], using: &random, on: device)
        let colour = [grey, other].map { Tensor.concatenated([$0, $0, $0], along: 1) }
        let distances = try [lpips.distance(grey, other, pass), lpips.distance(colour[0], colour[1], pass)]
            .map { try $0.scalars() }
        #expect(zip(distances[0], distances[1]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func pixelsWithoutFeaturesHaveNoGradient() throws {
        let (lpips, initial) = try network()
        // Large negative biases switch every feature off.
        var store = initial.store
        for parameter in store.parameters where parameter.key.hasSuffix(".bias") {
            store[parameter] = Tensor.filled(-1e4, shape: parameter.shape, on: device)
        }
        let pass = Pass(store)
        var random = Philox(seed: 5)
        let tape = Tape()
        let first = tape.watch(Tensor.normal([1, 3, 16, 16], using: &random, on: device))
        let second = Tensor.normal([1, 3, 16, 16], using: &random, on: device)
        let distance = lpips.distance(first, second, pass)
        #expect(try distance.scalars() == [0])
        let gradient = try tape.gradients(of: distance, withRespectTo: [first])[0]?.scalars() ?? []
        #expect(gradient.count == 3 * 16 * 16 && gradient.allSatisfy { $0 == 0 })
    }

    @Test func thePaperSquaresTheWeights() throws {
        var random = Philox(seed: 6)
        let first = Tensor.normal([1, 3, 16, 16], using: &random, on: device)
        let second = Tensor.normal([1, 3, 16, 16], using: &random, on: device)
        var results: [LPIPSNetworkConfiguration.Weighting: Float] = [:]
        for weighting in LPIPSNetworkConfiguration.Weighting.allCases {
            let (lpips, pass) = try network(weighting: weighting, head: 3)
            results[weighting] = try lpips.distance(first, second, pass).scalar()
        }
        let (uniform, pass) = try network(heads: .uniform)
        let plain = try uniform.distance(first, second, pass).scalar()
        #expect(abs((results[.official] ?? 0) / plain - 3) < 1e-4)
        #expect(abs((results[.paper] ?? 0) / plain - 9) < 1e-3)
    }

    private func network(
        heads: LPIPSNetworkConfiguration.Heads = .learned,
        weighting: LPIPSNetworkConfiguration.Weighting = .official, head: Float = 1
    ) throws -> (LPIPS, Pass) {
        var configuration = LPIPSNetworkConfiguration()
        configuration.widths = [3, 5, 4, 7, 6]
        configuration.heads = heads
        configuration.weighting = weighting
        try configuration.validate()
        let scope = Scope()
        let lpips = LPIPS(scope, configuration)
        var store = ParameterStore(scope, seed: 1, on: device)
        for parameter in store.parameters where parameter.key.hasPrefix("lin") {
            store[parameter] = Tensor.filled(head, shape: parameter.shape, on: device)
        }
        return (lpips, Pass(store))
    }
}
