public import SwiffuseTensor

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Sinusoidal features of the time, then Linear – SiLU – Linear; keys `mlp.0`, `mlp.2`.
public struct TimestepEmbedding: Sendable {
    public let first: Linear
    public let second: Linear
    public let featureCount: Int
    public let maximumPeriod: Double

    /// - Parameters:
    ///   - width: size of the result.
    ///   - featureCount: number of sinusoidal features.
    ///   - maximumPeriod: 10000 in JiT, 10 in DiT, DeCo and PixNerd.
    ///   - bias: first values of the biases: zeros in JiT, uniform in DiT, DeCo and PixNerd.
    public init(
        _ scope: Scope, width: Int, featureCount: Int = 256, maximumPeriod: Double = 10_000, bias: Linear.Bias = .zeros
    ) {
        let initial = Initializer.normal(deviation: 0.02)
        first = Linear(scope.child("mlp.0"), from: featureCount, to: width, bias: bias, initial: initial)
        second = Linear(scope.child("mlp.2"), from: width, to: width, bias: bias, initial: initial)
        self.featureCount = featureCount
        self.maximumPeriod = maximumPeriod
    }

    /// - Parameter time: t, [B] in 0…1.
    /// - Returns: [B, width].
    public func callAsFunction(_ time: Tensor, _ pass: Pass) -> Tensor {
        let features = Self.features(of: time, count: featureCount, maximumPeriod: maximumPeriod)
        return second(first(features, pass).silu(), pass)
    }

    /// cos(t fₖ) for all k, then sin(t fₖ), with fₖ = P^(−k/half); an odd count ends with a zero.
    ///
    /// - Returns: [B, count].
    public static func features(of time: Tensor, count: Int, maximumPeriod: Double) -> Tensor {
        let half = count / 2
        let frequencies = (0..<half).map { Float(exp(-log(maximumPeriod) * Double($0) / Double(half))) }
        let angles = time.reshaped(to: -1, 1) * Tensor(frequencies, shape: [1, half], on: time.device)
        var parts = [angles.cos(), angles.sin()]
        if count % 2 == 1 { parts.append(Tensor.zeros([time.count, 1], on: time.device)) }
        return Tensor.concatenated(parts, along: 1)
    }
}
