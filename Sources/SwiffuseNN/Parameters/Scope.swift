public import SwiffuseTensor
import Synchronization

/// Where a module under construction declares its parameters; the path of scopes is the prefix of their checkpoint
/// keys.
///
/// Declaring allocates nothing, so a model of any size can be built to be looked at.
public struct Scope: Sendable {
    private final class Declarations: Sendable {
        let parameters = Mutex<[Parameter]>([])
    }

    /// Path of this scope, such as `blocks.0.attn`; empty at the root.
    public let path: String
    private let declarations: Declarations

    /// A new, empty model.
    public init() {
        path = ""
        declarations = Declarations()
    }

    private init(path: String, declarations: Declarations) {
        self.path = path
        self.declarations = declarations
    }

    /// The scope of a part.
    public func child(_ name: String) -> Scope { Scope(path: joined(name), declarations: declarations) }

    /// Declares a parameter.
    ///
    /// - Parameters:
    ///   - name: its name in this scope, such as `weight`.
    ///   - shape: its shape.
    ///   - initial: how it gets its first values.
    ///   - isTrainable: false for fixed tables that checkpoints carry.
    ///   - isLinearWeight: whether it is only used as the weight [out, in] of `LinearOp`.
    public func parameter(
        _ name: String, _ shape: Shape, initial: Initializer, isTrainable: Bool = true, isLinearWeight: Bool = false
    ) -> Parameter {
        let key = joined(name)
        return declarations.parameters.withLock { parameters in
            require(!parameters.contains { $0.key == key }, "parameter", "\(key) is declared twice")
            let parameter = Parameter(
                index: parameters.count, key: key, shape: shape, isTrainable: isTrainable,
                isLinearWeight: isLinearWeight, initializer: initial)
            parameters.append(parameter)
            return parameter
        }
    }

    /// Everything declared so far, in order.
    public var parameters: [Parameter] { declarations.parameters.withLock { $0 } }

    private func joined(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
}
