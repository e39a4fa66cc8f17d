public import SwiffuseTensor

/// What to draw, and what to draw away from.
public struct SamplingCondition: Sendable {
    /// What each picture should show.
    public let wanted: Condition
    /// The same pictures without condition, for guidance.
    public let unconditional: Condition
    /// Whether the two differ, so that guidance can do something.
    let isGuidable: Bool

    public init(wanted: Condition, unconditional: Condition) {
        let isGuidable =
            switch wanted {
            case .none: false
            case .classes: true
            }
        self.init(wanted: wanted, unconditional: unconditional, isGuidable: isGuidable)
    }

    private init(wanted: Condition, unconditional: Condition, isGuidable: Bool) {
        self.wanted = wanted
        self.unconditional = unconditional
        self.isGuidable = isGuidable
    }

    /// For models without condition; guidance has no effect.
    public static let none = SamplingCondition(wanted: .none, unconditional: .none)

    /// A class per picture, guided away from "no class".
    public static func classes(_ labels: [Int], of model: ModelSpec, on device: any Device) -> SamplingCondition {
        let nulls = [Int](repeating: model.classCount, count: labels.count)
        return SamplingCondition(
            wanted: .classes(labels, on: device), unconditional: .classes(nulls, on: device))
    }

    /// No class for any picture, of a model with or without classes; classifier-free guidance has no effect.
    public static func noClass(count: Int, of model: ModelSpec, on device: any Device) -> SamplingCondition {
        guard model.classCount > 0 else { return .none }
        let nulls = Condition.classes([Int](repeating: model.classCount, count: count), on: device)
        return SamplingCondition(wanted: nulls, unconditional: nulls, isGuidable: false)
    }
}
