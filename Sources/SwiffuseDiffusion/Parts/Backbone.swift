public import SwiffuseNN
public import SwiffuseTensor

/// The network at the heart of a model.
public protocol Backbone: Sendable {
    /// The places whose inner features can be asked for.
    var taps: [FeatureTap] { get }

    /// The shape of the features at a tap; nil if there are none.
    func featureSpec(at tap: FeatureTap) -> FeatureSpec?

    /// The weight of the layer that makes the raw output, where gradients of losses are compared; nil if there is none.
    var lastLayer: Parameter? { get }

    /// Runs the network.
    ///
    /// - Parameters:
    ///   - noisy: x_t, [B, C, H, W].
    ///   - times: t in 0…1, [B]; 0 is noise.
    ///   - condition: what to make, for each image.
    ///   - taps: inner features to return besides the output; some of `self.taps`.
    ///   - pass: parameter values and dropout.
    /// - Returns: the raw output, [B, C, H, W], whose meaning is the `PredictionTarget`'s affair, and the features.
    func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput
}

extension Backbone {
    public var taps: [FeatureTap] { [] }
    public func featureSpec(at tap: FeatureTap) -> FeatureSpec? { nil }
    public var lastLayer: Parameter? { nil }

    /// The raw output alone, [B, C, H, W].
    public func predict(_ noisy: Tensor, times: Tensor, condition: Condition, in pass: Pass) -> Tensor {
        predict(noisy, times: times, condition: condition, taps: [], in: pass).raw
    }
}

/// A place inside a backbone: the image tokens that enter a block, counted from 0; the number of blocks means the
/// last output.
public struct FeatureTap: Sendable, Hashable {
    public let block: Int

    public init(enteringBlock block: Int) { self.block = block }
}

/// Inner features: tokens of a width for each patch of an image.
public struct FeatureSpec: Sendable, Hashable {
    /// Patches down.
    public let rows: Int
    /// Patches across.
    public let columns: Int
    /// D.
    public let width: Int

    public init(rows: Int, columns: Int, width: Int) {
        self.rows = rows
        self.columns = columns
        self.width = width
    }
}

/// What a backbone returns.
public struct BackboneOutput: Sendable {
    /// The raw prediction, [B, C, H, W].
    public let raw: Tensor
    /// The features asked for, each [B, N, D].
    public let features: [FeatureTap: Tensor]

    public init(raw: Tensor, features: [FeatureTap: Tensor] = [:]) {
        self.raw = raw
        self.features = features
    }
}

/// What a picture should show.
public enum Condition: Sendable {
    /// Nothing in particular, in a model without classes.
    case none
    /// A class per image: int32 labels, [B]; the number of classes stands for "no class".
    case classes(Tensor)

    /// A class per image.
    public static func classes(_ labels: [Int], on device: any Device) -> Condition {
        .classes(Tensor(integers: labels.map { Int32(clamping: $0) }, shape: [labels.count], on: device))
    }

    /// The conditions of two batches, one behind the other; both must be of the same sort.
    public func followed(by other: Condition) -> Condition {
        switch (self, other) {
        case (.none, .none): return .none
        case (.classes(let first), .classes(let second)):
            return .classes(Tensor.concatenated([first, second], along: 0))
        case (.none, .classes), (.classes, .none):
            fatalError("condition: a batch with classes cannot be joined to one without")
        }
    }
}
