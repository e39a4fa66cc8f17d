public import SwiffuseTesting

/// The golden checks of this plugin.
public enum DeCoGoldenChecks {
    public static let all: [any GoldenCheck] = [DeCoForwardCheck(), FrequencyLossCheck(), DeCoTrainStepCheck()]
}
