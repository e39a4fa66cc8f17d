public import SwiffuseNN

/// What a part may look at and add to while it is built.
public struct BuildContext: Sendable {
    public let model: ModelSpec
    /// Where the part declares its parameters.
    public let scope: Scope

    public init(model: ModelSpec, scope: Scope = Scope()) {
        self.model = model
        self.scope = scope
    }

    public var image: ImageSpec { model.image }
    public var classCount: Int { model.classCount }
}
