import Swiffuse
import SwiffuseTesting
import Testing

/// What DiT, DeCo and PixNerd have in common.
@Suite struct FamilyModelTests {
    static let families = Family.allCases

    private let device: CPUDevice

    init() throws { device = try CPUDevice(threads: 2) }

    @Test(arguments: families, [3, 1, 0]) func familyConforms(_ family: Family, _ classCount: Int) throws {
        let model = ModelSpec(image: ImageSpec(channels: 2, height: 12, width: 8), classCount: classCount)
        let scope = Scope()
        let network = try family.small(in: BuildContext(model: model, scope: scope))
        #expect(try BackboneConformance.findings(for: network, declaredIn: scope, model: model, on: device) == [])
    }

    @Test(arguments: families) func aFreshModelPredictsExactlyZero(_ family: Family) throws {
        let scope = Scope()
        let network = try family.small(in: BuildContext(model: Family.model, scope: scope))
        let output = predict(network, ParameterStore(scope, seed: 3, on: device))
        #expect(output.shape == [2, 3, 12, 20])
        #expect(try output.scalars().allSatisfy { $0 == 0 })
    }

    @Test func everyFamilyNamesItsLastLayer() throws {
        let keys: [Family: String] = [
            .dit: "final_layer.linear.weight", .deco: "dec_net.final_layer.linear.weight",
            .pixnerd: "final_layer.linear.weight",
        ]
        for family in Family.allCases {
            let network = try family.small(in: BuildContext(model: Family.model))
            #expect(network.lastLayer?.key == keys[family])
        }
    }

    @Test(arguments: families) func recomputingBlocksKeepsTheGradients(_ family: Family) throws {
        let plain = try gradients(family, recompute: false)
        let recomputed = try gradients(family, recompute: true)
        #expect(plain.count == recomputed.count && plain.contains { $0 != 0 })
        // Contributions are added in another order.
        for (a, b) in zip(plain, recomputed) { #expect(abs(a - b) <= 1e-5 * (1 + abs(a))) }
    }

    @Test(arguments: families) func firstValuesAreThoseOfPyTorch(_ family: Family) throws {
        let scope = Scope()
        _ = try family.small(in: BuildContext(model: Family.model, scope: scope))
        let initial = Dictionary(uniqueKeysWithValues: scope.parameters.map { ($0.key, $0.initializer) })
        #expect(initial["blocks.0.attn.qkv.weight"] == .kaimingUniform)
        #expect(initial["blocks.0.attn.proj.bias"] == .uniform(bound: 0.25))
        #expect(initial["blocks.0.adaLN_modulation.0.weight"] == .kaimingUniform)
        #expect(initial["blocks.0.norm1.weight"] == .ones)
        #expect(initial["t_embedder.mlp.0.weight"] == .normal(deviation: 0.02))
        #expect(initial["t_embedder.mlp.0.bias"] == .uniform(bound: 0.0625))
        #expect(initial["y_embedder.embedding_table.weight"] == .normal(deviation: 0.02))
    }

    @Test(arguments: families) func patchesThatDoNotTileAreRefused(_ family: Family) {
        let model = ModelSpec(image: ImageSpec(channels: 3, height: 12, width: 18), classCount: 0)
        #expect { try family.small(in: BuildContext(model: model)) } throws: {
            "\($0)".contains("patchSize: found 4, expected a divisor of the image's width 18")
        }
    }

    private func predict(_ network: any Backbone, _ store: ParameterStore) -> Tensor {
        let noise = DiffusionSampler.noise(seeds: [1, 2], image: Family.model.image, on: device)
        return network.predict(
            noise, times: Tensor([0.25, 0.75], shape: [2], on: device), condition: .classes([0, 3], on: device),
            in: Pass(store))
    }

    private func gradients(_ family: Family, recompute: Bool) throws -> [Float] {
        let scope = Scope()
        let context = BuildContext(model: Family.model, scope: scope)
        let network = try family.small(in: context, recompute: recompute)
        var store = ParameterStore(scope, seed: 7, on: device)
        var random = Philox(seed: 11)
        for parameter in store.parameters where parameter.initializer == .zeros {
            store[parameter] = Tensor.normal(parameter.shape, using: &random, on: device) * 0.1
        }
        let gradients = try store.valueAndGradients { store in
            (predict(network, store).squared().mean(), ())
        }.gradients
        return try gradients.values.flatMap { try $0?.scalars() ?? [] }
    }
}
