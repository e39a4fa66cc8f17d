public import SwiffuseDiffusion
public import SwiffuseTensor

/// Knows how to compute what fixtures of some kinds hold.
///
/// Several checks may share a kind, each for some of its cases: what one leaves unsupported another may compare. A
/// reference that
/// no check mentions counts as a failure, so a check cannot pass by leaving things out.
public protocol GoldenCheck: Sendable {
    /// The kinds of fixtures that this check is for.
    var kinds: [String] { get }

    /// Compares everything that the fixture holds.
    ///
    /// - Throws: `GoldenError.unsupported` if the library lacks something for the whole fixture; any other error is a
    ///   failure.
    func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult]
}
