public import SwiffuseTesting

/// The golden checks of this plugin.
public enum DiTGoldenChecks {
    public static let all: [any GoldenCheck] = [DiTForwardCheck(), DiTFinalLayerCheck()]
}
