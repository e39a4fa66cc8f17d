public import SwiffuseNN

/// What a part may look at and add to while it is built.
public struct BuildContext: Sendable {
    public let model: ModelSpec
    /// Where the part declares its parameters.
    public let scope: Scope
    /// The backbone, once it is built: losses may need its features.
    public let backbone: (any Backbone)?

    public init(model: ModelSpec, scope: Scope = Scope(), backbone: (any Backbone)? = nil) {
        self.model = model
        self.scope = scope
        self.backbone = backbone
    }

    public var image: ImageSpec { model.image }
    public var classCount: Int { model.classCount }
}
