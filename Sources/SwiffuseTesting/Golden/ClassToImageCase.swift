public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// A fixture that runs a whole class-to-image network: `x`, `t` and `y` in, `out` and gradients of Σ out · G compared.
///
/// The image's size is that of `x`; `in_channels` and `num_classes` are in the configuration.
public struct ClassToImageCase: Sendable {
    public let model: ModelSpec
    /// x_t, [B, C, H, W].
    public let noisy: Tensor
    /// t, [B].
    public let times: Tensor
    public let condition: Condition
    private let sample: GoldenCase

    public init(_ fixture: GoldenFixture, on device: any Device) throws {
        let settings = try fixture.config
        let channels = try settings.integer("in_channels", default: 3)
        sample = GoldenCase(fixture, on: device)
        noisy = try sample.input("x", shape: [nil, channels, nil, nil])
        times = try sample.input("t", shape: [noisy.shape[0]])
        let image = ImageSpec(channels: channels, height: noisy.shape[2], width: noisy.shape[3])
        model = ModelSpec(image: image, classCount: try settings.integer("num_classes"))
        guard (0...1_000_000).contains(model.classCount) else {
            throw settings.malformed("num_classes", "is not 0 to 1000000")
        }
        try image.validate()
        try fixture.shape(of: "inputs.y", expecting: [noisy.shape[0]])
        condition = .classes(try fixture.integers("inputs.y", in: 0...model.classCount), on: device)
    }

    /// The stored weights of a network, recorded.
    public func weights(of scope: Scope) throws(GoldenError) -> ParameterStore { try sample.weights(of: scope) }

    /// Tokens as the map of features that the fixture stores; the official baseline takes every grid for a square.
    ///
    /// - Parameters:
    ///   - tokens: [B, N, D].
    ///   - name: the output's name.
    /// - Returns: [B, D, rows, columns].
    public func map(of tokens: Tensor, as name: String) throws(GoldenError) -> Tensor {
        let (batch, count, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[2])
        let key = "outputs.\(name)"
        let stored = try sample.fixture.shape(of: key, expecting: [batch, width, nil, nil])
        guard stored[2] > 0, count % stored[2] == 0, stored[3] == count / stored[2] else {
            throw sample.fixture.malformed("\(key) has the shape \(stored), but there are \(count) tokens")
        }
        return tokens.transposed().reshaped(to: stored)
    }

    /// Whether the fixture stores an output.
    public func stores(_ output: String) -> Bool { sample.fixture.contains("outputs.\(output)") }

    /// Compares outputs, the loss Σ out · G, and the gradients.
    ///
    /// - Parameters:
    ///   - outputs: by name, with the network's output as `out`.
    ///   - store: recorded weights.
    public func compare(outputs: [String: Tensor], weights store: ParameterStore) throws -> [GoldenResult] {
        var outputs = outputs
        if let out = outputs["out"], stores("loss") {
            let extents = out.shape.dimensions.map { Optional($0) }
            let cotangent = try sample.fixture.tensor("inputs.G", shape: extents, on: sample.device)
            outputs["loss"] = (out.detached() * cotangent).sum()
        }
        return try sample.compare(outputs: outputs, weights: store, inputs: ["x": noisy, "t": times])
    }
}
