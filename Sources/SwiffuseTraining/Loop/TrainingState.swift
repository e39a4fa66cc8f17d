public import SwiffuseNN
public import SwiffuseTensor

/// Everything that training changes: parameters, moments, averages and the number of updates done.
public struct TrainingState: Sendable {
    public var store: ParameterStore
    public var optimizer: OptimizerState

    /// Number of updates done.
    public var step: Int { optimizer.step }

    public init(store: ParameterStore, optimizer: OptimizerState) {
        self.store = store
        self.optimizer = optimizer
    }

    /// First values of a model's parameters, moments of zero.
    public init(_ scope: Scope, seed: Int, optimizer: AdamW, on device: any Device) {
        store = ParameterStore(scope, seed: UInt64(seed), on: device)
        self.optimizer = optimizer.begin(store)
    }
}
