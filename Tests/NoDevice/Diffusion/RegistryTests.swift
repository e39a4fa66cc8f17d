import SwiffuseDiffusion
import Testing

@Suite struct RegistryTests {
    @Test func aKeyIsRegisteredOnce() {
        let error = #expect(throws: RegistryError.self) {
            try Registry(plugins: [FlatPlugin(name: "one"), FlatPlugin(name: "two")])
        }
        #expect(error == .duplicate(kind: "backbone", key: "flat", first: "one", second: "two"))
    }

    @Test func partsAreListedWithTheirDefaults() throws {
        let registry = try Registry(plugins: [StandardParts(), FlatPlugin()])
        let solvers = ["euler", "heun", "adams-bashforth", "dpm-solver-2m", "unipc", "sde-euler", "sde-heun"]
        #expect(registry.entries(of: "solver").map(\.key) == solvers)
        #expect(registry.entries(of: "target").allSatisfy { $0.plugin == "standard" && !$0.summary.isEmpty })
        let flat = try registry.entry(kind: "backbone", key: "flat", at: "backbone.type")
        #expect(flat.defaults == ["level": 0.5, "patch": 2])
    }

    @Test func unknownKeysNameTheKnownOnes() throws {
        let registry = try Registry(plugins: [StandardParts()])
        let error = #expect(throws: RecipeError.self) {
            try registry.resolve(["type": "huen"], kind: "solver", at: "sampling.solver")
        }
        #expect(
            error?.description
                == "sampling.solver.type: no solver is called \"huen\"; "
                + "did you mean heun? (known: euler, heun, adams-bashforth, dpm-solver-2m, unipc, sde-euler, sde-heun)")
    }

    @Test func aPartMayBeJustItsName() throws {
        let registry = try Registry(plugins: [StandardParts()])
        let part = try registry.resolve("adams-bashforth", kind: "solver", at: "sampling.solver")
        #expect(part.tree == ["type": "adams-bashforth", "order": 2])
        let context = BuildContext(model: ModelSpec(image: ImageSpec(), classCount: 0))
        let solver = try registry.make(part, as: .solver, in: context)
        #expect((solver as? AdamsBashforthSolver)?.order == 2)
    }

    @Test func aPartThatDoesNotFitNamesItsPlace() throws {
        let registry = try Registry(plugins: [FlatPlugin()])
        let model = ModelSpec(image: ImageSpec(channels: 1, height: 7, width: 7), classCount: 0)
        let error = #expect(throws: RecipeError.self) {
            try registry.make(try Part(FlatBackbone.self), as: .backbone, in: BuildContext(model: model))
        }
        #expect(error?.description == "backbone.patch: the width 7 is not divisible by 2")
    }
}
