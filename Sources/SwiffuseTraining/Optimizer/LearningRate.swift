public import SwiffuseDiffusion

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ScheduleConfiguration {
    /// The share of the full learning rate at an update.
    ///
    /// - Parameters:
    ///   - step: number of the update, from 0; the warm-up begins with rate 0, as the official schedule does.
    ///   - stepCount: number of updates in all.
    public func share(at step: Int, of stepCount: Int) -> Double {
        let warm = type == .constant ? 1 : min(1, Double(step) / Double(max(1, warmupSteps)))
        let rising = warmupSteps == 0 ? 1 : warm
        guard type == .cosine else { return rising }
        let length = decaySteps > 0 ? decaySteps : stepCount - warmupSteps
        let done = Double(step - (stepCount - length)) / Double(max(1, length))
        guard done > 0 else { return rising }
        return rising * (finalFraction + (1 - finalFraction) * 0.5 * (1 + cos(Double.pi * min(1, done))))
    }
}

extension TrainingConfiguration {
    /// η of an update, counted from 0.
    public func learningRate(at step: Int) -> Double {
        optimizer.learningRate * schedule.share(at: step, of: steps)
    }

    /// The optimiser with these settings.
    public var adamW: AdamW {
        AdamW(
            beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon,
            weightDecay: optimizer.weightDecay, decays: ema,
            powers: emaSnapshots.lengths.map { PowerFunction(relativeLength: $0) }, clipping: gradientClipping)
    }
}
