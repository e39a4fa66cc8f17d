public import SwiffuseTensor

/// What to draw, and what to draw away from.
public struct SamplingCondition: Sendable {
    /// What each picture should show.
    public let wanted: Condition
    /// The same pictures without condition, for guidance.
    public let unconditional: Condition

    public init(wanted: Condition, unconditional: Condition) {
        self.wanted = wanted
        self.unconditional = unconditional
    }

    /// For models without condition; guidance has no effect.
    public static let none = SamplingCondition(wanted: .none, unconditional: .none)

    /// A class per picture, guided away from "no class".
    public static func classes(_ labels: [Int], of model: ModelSpec, on device: any Device) -> SamplingCondition {
        let nulls = [Int](repeating: model.classCount, count: labels.count)
        return SamplingCondition(
            wanted: .classes(labels, on: device), unconditional: .classes(nulls, on: device))
    }

    /// Whether the two differ, so that guidance can do something.
    var isGuidable: Bool {
        switch wanted {
        case .none: false
        case .classes: true
        }
    }
}
