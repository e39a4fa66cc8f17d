public import SwiffuseTesting

/// The golden checks of this plugin.
public enum JiTGoldenChecks {
    public static let all: [any GoldenCheck] = [JiTForwardCheck(), JiTSamplersCheck(), JiTLayersCheck()]
}
