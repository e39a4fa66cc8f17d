/// The section `training` of a recipe: how a model is trained.
public struct TrainingConfiguration: ComponentConfiguration, Hashable {
    /// Decides first weights, times, noise, dropout and the order of images.
    public var seed = 0
    /// Images per pass through the network.
    public var batchSize = 32
    /// Passes whose gradients are averaged for one update.
    public var accumulation = 1
    /// Number of updates.
    public var steps = 200_000
    /// Probability that an image's class is forgotten.
    public var classDropout = 0.1
    /// Standard deviation of the noise.
    public var noiseScale = 1.0
    public var optimizer = OptimizerConfiguration()
    public var schedule = ScheduleConfiguration()
    /// Largest norm of all gradients together; 0 turns clipping off.
    public var gradientClipping = 0.0
    /// Decay per update of each running average of the weights; an empty list keeps none.
    public var ema = [0.9999]
    /// Updates between lines in the log.
    public var logEvery = 50
    /// Updates between checkpoints; 0 writes only the last.
    public var checkpointEvery = 10_000
    /// Updates between sample grids; 0 draws none.
    public var sampleEvery = 0
    /// Whether each image is mirrored with probability 1/2.
    public var flip = false
    public var balance = BalanceConfiguration()
    public var validation = ValidationConfiguration()
    public var keep = KeepConfiguration()
    public var emaSnapshots = EMASnapshotConfiguration()
    /// Whether the log is also written for TensorBoard, as `events.out.tfevents.swiffuse`.
    public var tensorBoard = true

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.check(seed >= 0, at: "seed", found: seed, expected: "0 or more")
        try RecipeError.check(
            (1...65_536).contains(batchSize), at: "batchSize", found: batchSize, expected: "1 to 65536")
        try RecipeError.check(
            (1...65_536).contains(accumulation), at: "accumulation", found: accumulation, expected: "1 to 65536")
        try RecipeError.check(
            (1...1_000_000_000).contains(steps), at: "steps", found: steps, expected: "1 to 1000000000")
        try RecipeError.check(
            (0...1).contains(classDropout), at: "classDropout", found: classDropout, expected: "0 to 1")
        try RecipeError.check(
            noiseScale > 0 && noiseScale <= 100, at: "noiseScale", found: noiseScale, expected: "above 0, at most 100")
        try RecipeError.check(
            gradientClipping >= 0, at: "gradientClipping", found: gradientClipping, expected: "0 (off) or more")
        for (index, decay) in ema.enumerated() {
            try RecipeError.check(
                decay >= 0 && decay < 1, at: "ema.\(index)", found: decay, expected: "0 or more, below 1")
            try RecipeError.check(
                !ema[..<index].contains(decay), at: "ema.\(index)", found: decay, expected: "each decay once")
        }
        try RecipeError.check(logEvery >= 1, at: "logEvery", found: logEvery, expected: "1 or more")
        try RecipeError.check(
            checkpointEvery >= 0, at: "checkpointEvery", found: checkpointEvery, expected: "0 (only the last) or more")
        try RecipeError.check(sampleEvery >= 0, at: "sampleEvery", found: sampleEvery, expected: "0 (never) or more")
        try validateSections()
    }

    private func validateSections() throws(RecipeError) {
        try RecipeError.within("optimizer") { () throws(RecipeError) in try optimizer.validate() }
        try RecipeError.within("schedule") { () throws(RecipeError) in
            try schedule.validate()
            try RecipeError.check(
                schedule.warmupSteps + schedule.decaySteps <= steps, at: "warmupSteps",
                found: "\(schedule.warmupSteps) plus \(schedule.decaySteps) decay steps",
                expected: "at most training.steps = \(steps)")
        }
        try RecipeError.within("balance") { () throws(RecipeError) in try balance.validate() }
        try RecipeError.within("validation") { () throws(RecipeError) in
            try validation.validate()
            for (index, choice) in validation.weights.enumerated() {
                guard case .average(let decay) = choice else { continue }
                try RecipeError.check(
                    ema.contains(decay), at: "weights.\(index)", found: decay,
                    expected: "a decay of training.ema \(ema)")
            }
        }
        try RecipeError.within("keep") { () throws(RecipeError) in
            try keep.validate()
            try RecipeError.check(
                keep.every == 0 || (checkpointEvery > 0 && keep.every % checkpointEvery == 0), at: "every",
                found: keep.every, expected: "a multiple of training.checkpointEvery = \(checkpointEvery)")
        }
        try RecipeError.within("emaSnapshots") { () throws(RecipeError) in try emaSnapshots.validate() }
    }
}

/// AdamW's settings (Loshchilov & Hutter, arXiv:1711.05101); defaults of the PixelGen class models.
public struct OptimizerConfiguration: ComponentConfiguration, Hashable {
    /// The rate after the warm-up.
    public var learningRate = 1e-4
    /// Decay of the mean of gradients per update.
    public var beta1 = 0.9
    /// Decay of the mean of squared gradients per update.
    public var beta2 = 0.999
    /// Added to the root of that mean before dividing by it.
    public var epsilon = 1e-8
    /// Decoupled: weights shrink by learningRate · weightDecay per update.
    public var weightDecay = 0.0

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.check(
            learningRate > 0 && learningRate <= 10, at: "learningRate", found: learningRate,
            expected: "above 0, at most 10")
        try RecipeError.check(beta1 >= 0 && beta1 < 1, at: "beta1", found: beta1, expected: "0 or more, below 1")
        try RecipeError.check(beta2 >= 0 && beta2 < 1, at: "beta2", found: beta2, expected: "0 or more, below 1")
        try RecipeError.check(
            epsilon > 0 && epsilon <= 1, at: "epsilon", found: epsilon, expected: "above 0, at most 1")
        try RecipeError.check(
            (0...10).contains(weightDecay), at: "weightDecay", found: weightDecay, expected: "0 to 10")
    }
}

/// How the learning rate changes over the updates.
public struct ScheduleConfiguration: ComponentConfiguration, Hashable {
    public enum Shape: String, Codable, CaseIterable, Sendable {
        /// The same rate throughout.
        case constant
        /// Rising in a straight line over `warmupSteps`, then constant.
        case warmUp = "warm-up"
        /// As `warmUp`, then falling along half a cosine to `finalFraction` over the last `decaySteps`.
        case cosine
    }

    /// The curve.
    public var type = Shape.constant
    /// Updates over which the rate rises from 0.
    public var warmupSteps = 0
    /// Updates at the end over which the rate falls; 0 means all after the warm-up.
    public var decaySteps = 0
    /// The last rate as a share of the full one.
    public var finalFraction = 0.0

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.check(warmupSteps >= 0, at: "warmupSteps", found: warmupSteps, expected: "0 or more")
        try RecipeError.check(decaySteps >= 0, at: "decaySteps", found: decaySteps, expected: "0 or more")
        try RecipeError.check(
            (0...1).contains(finalFraction), at: "finalFraction", found: finalFraction, expected: "0 to 1")
        let hasWarmUp = type != .constant
        try RecipeError.check(
            hasWarmUp || warmupSteps == 0, at: "warmupSteps", found: warmupSteps,
            expected: "0 with type: constant; use warm-up or cosine")
        try RecipeError.check(
            type == .cosine || decaySteps == 0, at: "decaySteps", found: decaySteps, expected: "0 unless type: cosine")
    }
}
