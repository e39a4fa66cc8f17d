import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor

/// A backbone that predicts one grey level per class, whatever the noise: its velocity field leads straight there.
struct FlatBackbone: Backbone, Component {
    struct Configuration: ComponentConfiguration {
        var level = 0.5
        var patch = 2

        func validate() throws(RecipeError) {
            try RecipeError.check(patch > 0, at: "patch", found: patch, expected: "1 or more")
        }
    }

    static let key = "flat"
    static let summary = "one grey level per class"

    static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
        guard model.image.width % configuration.patch == 0 else {
            throw RecipeError(
                .conflict, at: "patch", "the width \(model.image.width) is not divisible by \(configuration.patch)")
        }
    }

    let level: Parameter
    let calls: CallLog

    init(_ configuration: Configuration, in context: BuildContext) {
        level = context.scope.parameter("level", [1], initial: .constant(Float(configuration.level)))
        calls = CallLog()
    }

    func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        calls.append(noisy.shape[0])
        let base = Tensor.zeros(noisy.shape, on: noisy.device) + pass(level).reshaped(to: 1, 1, 1, 1)
        guard case .classes(let labels) = condition else { return BackboneOutput(raw: base) }
        let rows = labels.cast(to: .float32).reshaped(to: labels.shape[0], 1, 1, 1)
        return BackboneOutput(raw: base * rows)
    }
}

/// A plugin with the flat backbone.
struct FlatPlugin: Plugin {
    let name: String

    init(name: String = "flat") { self.name = name }

    func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: FlatBackbone.self)
    }
}
