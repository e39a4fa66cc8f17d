public import Swiffuse

/// The mean difference between the edges of two images: of neighbouring pixels' differences, across and down.
public struct EdgeLoss: PerceptualLoss, Component {
    public typealias Configuration = NoConfiguration

    public static let key = "edges"
    public static let summary = "differences of neighbouring pixels, so that outlines are sharp"

    public init() {}

    public init(_ configuration: Configuration, in context: BuildContext) throws(RecipeError) {
        try Self.validate(configuration, for: context.model)
    }

    public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
        let (height, width) = (model.image.height, model.image.width)
        guard min(height, width) >= 2 else {
            throw RecipeError(.conflict, at: "", "edges need images of 2 × 2 or more, these have \(height) × \(width)")
        }
    }

    public func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        // Differences are linear, so the difference of the edges is that of the images.
        let error = predicted - reference
        return [2, 3].map { axis in
            let extent = error.shape[axis]
            let edges = error.sliced(along: axis, 1..<extent) - error.sliced(along: axis, 0..<extent - 1)
            return edges.absolute().mean(over: [1, 2, 3])
        }.reduce(Tensor.zeros([error.shape[0]], on: error.device)) { $0 + $1 }
    }
}
