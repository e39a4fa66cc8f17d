public import SwiffuseTesting

/// The golden checks of this plugin.
public enum PixNerdGoldenChecks {
    public static let all: [any GoldenCheck] = [PixNerdForwardCheck()]
}
