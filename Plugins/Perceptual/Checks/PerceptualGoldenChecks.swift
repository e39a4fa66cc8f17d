public import SwiffuseTesting

/// What this plugin compares with golden fixtures.
public enum PerceptualGoldenChecks {
    public static let all: [any GoldenCheck] = [
        LPIPSCheck(), LPIPSHeadsCheck(), DINOv2Check(), PerceptLossesCheck(), TrainStepCheck(), TrainStepsCheck(),
    ]
}
