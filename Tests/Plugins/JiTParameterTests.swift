import SwiffuseDiffusion
import SwiffuseJiT
import SwiffuseNN
import SwiffuseTensor
import Testing

/// Parameter counts of the official models, instantiated from the official code (PixelGen 0ccec60).
@Suite struct JiTParameterTests {
    @Test func pixelGenLargeHasTheOfficialParameterCount() throws {
        let scope = try build(JiTConfiguration())
        let store = scope.parameters
        #expect(store.reduce(0) { $0 + $1.shape.count } == 459_139_808)
        #expect(store.filter(\.isTrainable).reduce(0) { $0 + $1.shape.count } == 458_877_664)
    }

    @Test func pixelGenExtraLargeHasTheOfficialParameterCount() throws {
        var configuration = JiTConfiguration()
        configuration.hiddenSize = 1152
        configuration.depth = 28
        configuration.bottleneckSize = 0
        let scope = try build(configuration)
        #expect(scope.parameters.reduce(0) { $0 + $1.shape.count } == 676_994_112)
    }

    @Test func keysAndOrderAreTheOfficialOnes() throws {
        var configuration = JiTConfiguration()
        configuration.depth = 9
        let keys = try build(configuration).parameters.map(\.key)
        let first: [String] = [
            "pos_embed", "in_context_posemb", "t_embedder.mlp.0.weight", "t_embedder.mlp.0.bias",
            "t_embedder.mlp.2.weight", "t_embedder.mlp.2.bias", "y_embedder.embedding_table.weight",
            "x_embedder.proj1.weight", "x_embedder.proj2.weight", "x_embedder.proj2.bias",
        ]
        #expect(Array(keys.prefix(10)) == first)
        #expect(keys[10] == "blocks.0.norm1.weight")
        #expect(keys.last == "final_layer.adaLN_modulation.1.bias")
    }

    @Test func everyMistakeInASettingIsNamed() throws {
        var configuration = JiTConfiguration()
        configuration.hiddenSize = 1000
        #expect(throws: RecipeError.self) { try build(configuration) }
        configuration = JiTConfiguration()
        configuration.inContextStart = 24
        #expect(throws: RecipeError.self) { try build(configuration) }
        configuration = JiTConfiguration()
        configuration.patchSize = 24
        #expect { try build(configuration) } throws: { "\($0)".contains("divisor of the image's height 256") }
    }

    @Test func moreTokensThanAnyMemoryHoldsAreRefused() {
        var configuration = JiTConfiguration()
        configuration.patchSize = 1
        let model = ModelSpec(image: ImageSpec(channels: 1, height: 8192, width: 8192), classCount: 0)
        #expect {
            try JiT(configuration, in: BuildContext(model: model, scope: Scope()))
        } throws: {
            "\($0)".contains("67108864 tokens")
        }
    }

    private func build(_ configuration: JiTConfiguration) throws -> Scope {
        let scope = Scope()
        let model = ModelSpec(image: ImageSpec(channels: 3, height: 256, width: 256), classCount: 1000)
        _ = try JiT(configuration, in: BuildContext(model: model, scope: scope))
        return scope
    }
}
