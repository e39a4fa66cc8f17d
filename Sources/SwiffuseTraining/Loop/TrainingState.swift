public import SwiffuseNN
public import SwiffuseTensor

/// Everything that training changes: parameters, moments, averages, the balance of losses and the number of updates
/// done.
public struct TrainingState: Sendable {
    public var store: ParameterStore
    public var optimizer: OptimizerState
    public var balance: LossBalance

    /// Number of updates done.
    public var step: Int { optimizer.step }

    public init(store: ParameterStore, optimizer: OptimizerState, balance: LossBalance = LossBalance()) {
        self.store = store
        self.optimizer = optimizer
        self.balance = balance
    }

    /// First values of a model's parameters, moments of zero.
    public init(_ scope: Scope, seed: Int, optimizer: AdamW, on device: any Device) {
        store = ParameterStore(scope, seed: UInt64(seed), on: device)
        self.optimizer = optimizer.begin(store)
        balance = LossBalance()
    }
}
