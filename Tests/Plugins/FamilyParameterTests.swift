import Swiffuse
import Testing

/// Parameter counts, keys and order of the official models, instantiated from the official code (DeCo 9e0a349).
@Suite struct FamilyParameterTests {
    @Test(arguments: [
        ("dit-l-16", 459_171_584), ("dit-xl-16", 676_360_128), ("deco-l-16", 426_938_019), ("deco-xl-16", 682_282_851),
        ("deco-xl-16-512", 682_282_851), ("pixnerd-l-16", 452_113_795),
    ])
    func presetHasTheOfficialParameterCount(_ name: String, _ count: Int) throws {
        let registry = try Registry.standard
        let recipe = try registry.preset(name).recipe(registry: registry)
        let model = try DiffusionModel(recipe, registry: registry)
        // The projection head of REPA comes on top.
        let own = model.scope.parameters.filter { !$0.key.hasPrefix("diffusion_trainer.") }
        #expect(own.reduce(0) { $0 + $1.shape.count } == count)
        #expect(model.scope.parameters.allSatisfy { $0.isTrainable })
    }

    @Test(arguments: [
        ("dit-l-16", ["repa"]), ("deco-l-16", ["frequency", "repa"]), ("deco-xl-16-512", ["frequency", "repa"]),
        ("pixnerd-l-16", ["repa"]),
    ])
    func presetHasTheOfficialLosses(_ name: String, _ losses: [String]) throws {
        let registry = try Registry.standard
        let recipe = try registry.preset(name).recipe(registry: registry)
        #expect(recipe.losses.map(\.part.type) == losses)
        #expect(recipe.losses.last?.weight == 0.5)
    }

    @Test(arguments: [
        (Family.dit, ["x_embedder", "t_embedder", "y_embedder", "final_layer", "blocks"]),
        (Family.deco, ["x_embedder", "s_embedder", "t_embedder", "y_embedder", "blocks", "dec_net"]),
        (Family.pixnerd, ["x_embedder", "s_embedder", "t_embedder", "y_embedder", "final_layer", "blocks"]),
    ])
    func modulesAreDeclaredInTheOfficialOrder(_ family: Family, _ modules: [String]) throws {
        let scope = Scope()
        _ = try family.small(in: BuildContext(model: Family.model, scope: scope))
        var found: [String] = []
        for parameter in scope.parameters {
            let module = String(parameter.key.prefix { $0 != "." })
            if found.last != module { found.append(module) }
        }
        #expect(found == modules)
    }

    @Test func aBlockIsDeclaredInTheOfficialOrder() throws {
        let scope = Scope()
        _ = try Family.dit.small(in: BuildContext(model: Family.model, scope: scope))
        let keys = scope.parameters.map(\.key).filter { $0.hasPrefix("blocks.1.") }.map { $0.dropFirst(9) }
        #expect(
            keys == [
                "norm1.weight", "attn.qkv.weight", "attn.q_norm.weight", "attn.k_norm.weight", "attn.proj.weight",
                "attn.proj.bias", "norm2.weight", "mlp.w1.weight", "mlp.w3.weight", "mlp.w2.weight",
                "adaLN_modulation.0.weight", "adaLN_modulation.0.bias",
            ])
    }
}
