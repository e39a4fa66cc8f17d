/// How the fixtures of a folder fared.
public struct GoldenReport: Sendable, Hashable {
    /// The device that computed.
    public let device: String
    public let fixtures: [FixtureReport]

    public init(device: String, fixtures: [FixtureReport]) {
        self.device = device
        self.fixtures = fixtures
    }

    public func count(of verdict: FixtureReport.Verdict) -> Int { fixtures.filter { $0.verdict == verdict }.count }

    /// Whether nothing failed; what is unsupported is counted, but does not fail.
    public var isPass: Bool { count(of: .fail) == 0 }

    /// 0 if nothing failed, 1 otherwise.
    public var exitStatus: Int32 { isPass ? 0 : 1 }
}
