public import SwiffuseTensor

/// Random numbers of a run as a pure function of its seed and the number of the batch, so that a resumed run draws the
/// same.
public struct TrainingRandomness: Sendable {
    /// What numbers are drawn for; each purpose has its own stream.
    public enum Purpose: UInt64, Sendable {
        case times = 1
        case noise, classes, dropout, validationTimes, validationNoise
    }

    private let root: Philox

    public init(seed: Int) { root = Philox(seed: UInt64(seed), stream: 0x7472_6169_6e) }

    /// The generator of one purpose for one batch, counted from 0 over the whole run.
    public func generator(for purpose: Purpose, batch: Int) -> Philox {
        root.split(purpose.rawValue).split(UInt64(batch))
    }
}
