/// The backbone of a new plugin; a copy under the name Spiral is compiled and tested with this package.
extension PluginTemplate {
    /// `Sources/…/…Backbone.swift`.
    var backbone: String {
        #"""
        public import Swiffuse

        /// A small network over patches, to grow into yours.
        ///
        /// Where x_t is cut into patches, told the time and class, sent through blocks and put together again, as in most
        /// backbones; the blocks are the place for your idea.
        public struct \#(type)Backbone: Backbone, Component {
            /// What a recipe can set below `backbone:`.
            public struct Configuration: ComponentConfiguration {
                /// Side of a patch in pixels.
                public var patchSize = 4
                /// Values per patch, D.
                public var width = 128
                /// Number of blocks.
                public var depth = 4

                public init() {}

                public func validate() throws(RecipeError) {
                    try RecipeError.check(
                        (1...256).contains(patchSize), at: "patchSize", found: patchSize, expected: "1 to 256")
                    try RecipeError.check(
                        (4...16_384).contains(width) && width % 4 == 0, at: "width", found: width,
                        expected: "a multiple of 4, 4 to 16384")
                    try RecipeError.check((1...1024).contains(depth), at: "depth", found: depth, expected: "1 to 1024")
                }
            }

            public static let key = "\#(key)"
            public static let summary = "a small network over patches"

            private let grid: PatchGrid
            private let model: ModelSpec
            private let patches: Linear
            private let positions: Parameter
            private let condition: DiTCondition
            private let blocks: [\#(type)Block]
            private let final: Linear

            public init(_ configuration: Configuration, in context: BuildContext) throws(RecipeError) {
                try configuration.validate()
                try Self.validate(configuration, for: context.model)
                let (scope, width) = (context.scope, configuration.width)
                let grid = PatchGrid(patchSize: configuration.patchSize, of: context.image)
                let patchValues = context.image.channels * grid.patchSize * grid.patchSize
                self.grid = grid
                model = context.model
                patches = Linear(scope.child("patches"), from: patchValues, to: width)
                positions = scope.parameter(
                    "positions", [1, grid.count, width],
                    initial: .values(PositionTable.sineCosine(width: width, rows: grid.rows, columns: grid.columns)))
                condition = DiTCondition(scope, width: width, classCount: context.classCount)
                blocks = (0..<configuration.depth).map { \#(type)Block(scope.child("blocks.\($0)"), width: width) }
                final = Linear(scope.child("final"), from: width, to: patchValues, initial: .zeros)
            }

            public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
                try PatchGrid.validate(patchSize: configuration.patchSize, width: configuration.width, for: model.image)
            }

            public func predict(
                _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
            ) -> BackboneOutput {
                let labels = condition.labels(count: noisy.shape[0], nullLabel: model.classCount, on: noisy.device)
                let told = self.condition(time: times, labels: labels, pass).activated
                let layout = PatchLayout(size: grid.patchSize)
                var x = patches.afterPatchify(noisy, layout, pass) + pass(positions)
                for block in blocks { x = block(x, condition: told, pass) }
                let raw = final.beforeUnpatchify(
                    LayerNorm()(x), layout, rows: grid.rows, columns: grid.columns, pass)
                return BackboneOutput(raw: raw)
            }
        }

        """#
    }

    /// `Sources/…/…Block.swift`.
    var block: String {
        #"""
        import Swiffuse

        /// x += MLP(norm(x) · (1 + scale) + shift), whose hidden layer also sees the mean of all patches.
        struct \#(type)Block: Sendable {
            private let modulation: Linear
            private let own: Linear
            private let shared: Linear
            private let output: Linear

            init(_ scope: Scope, width: Int) {
                modulation = Linear(scope.child("modulation"), from: width, to: 2 * width, initial: .zeros)
                own = Linear(scope.child("own"), from: width, to: 4 * width)
                shared = Linear(scope.child("shared"), from: width, to: 4 * width)
                output = Linear(scope.child("output"), from: 4 * width, to: width)
            }

            /// - Parameters:
            ///   - x: one vector per patch, [B, N, D].
            ///   - condition: [B, D].
            func callAsFunction(_ x: Tensor, condition: Tensor, _ pass: Pass) -> Tensor {
                let parts = modulation(condition, pass).chunked(into: 2, along: -1)
                let modulated = LayerNorm().modulated(x, shift: parts[1], scale: parts[0])
                let everywhere = modulated.mean(over: [1], axes: .kept)
                return x + output((own(modulated, pass) + shared(everywhere, pass)).silu(), pass)
            }
        }

        """#
    }
}
