/// The plugin itself and its tests; copies under the name Spiral are compiled and run with this package.
extension PluginTemplate {
    /// `Sources/…/…Plugin.swift`.
    var plugin: String {
        #"""
        public import Swiffuse

        /// The parts and presets of this package, for a `Registry` and for the command line.
        public struct \#(type)Plugin: Plugin {
            public let name = "\#(key)"

            public init() {}

            public func register(in registry: inout Registry) throws(RegistryError) {
                try registry.register(backbone: \#(type)Backbone.self)
                try registry.register(
                    preset: .fashionMNIST(
                        "fashion-mnist-\#(key)", model: "\#(key)",
                        backbone: """
                            type: \#(key)
                            patchSize: 8
                            width: 128
                            depth: 4
                            """, target: .cleanImage))
            }
        }

        """#
    }

    /// `Tests/…/…Tests.swift`.
    var tests: String {
        #"""
        import Swiffuse
        import SwiffuseTesting
        import Testing

        @Suite struct \#(type)Tests {
            private let device: CPUDevice

            init() throws { device = try CPUDevice(threads: 1) }

            @Test(arguments: [3, 0]) func theBackboneConforms(_ classCount: Int) throws {
                var configuration = \#(type)Backbone.Configuration()
                (configuration.width, configuration.depth) = (16, 2)
                let model = ModelSpec(image: ImageSpec(channels: 2, height: 12, width: 8), classCount: classCount)
                let scope = Scope()
                let network = try \#(type)Backbone(configuration, in: BuildContext(model: model, scope: scope))
                #expect(try BackboneConformance.findings(for: network, declaredIn: scope, model: model, on: device) == [])
            }

            @Test func thePresetIsAModel() throws {
                let registry = try Registry.standard(adding: [\#(type)Plugin()])
                let recipe = try registry.preset("fashion-mnist-\#(key)").recipe(registry: registry)
                let model = try DiffusionModel(recipe, registry: registry)
                let cost = try CostEstimate(model, registry: registry, kernels: device.kernels, samplingBatch: 1)
                #expect(cost.updateOperations > 0)
            }

            @Test func patchesThatDoNotTileAreRefused() throws {
                let model = ModelSpec(image: ImageSpec(channels: 1, height: 8, width: 10), classCount: 0)
                #expect { try \#(type)Backbone.validate(\#(type)Backbone.Configuration(), for: model) } throws: {
                    "\($0)".contains("patchSize: found 4")
                }
            }
        }

        """#
    }
}
