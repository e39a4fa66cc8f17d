public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `layers`: DiT's own final layer.
public struct DiTFinalLayerCheck: GoldenCheck {
    public let kinds = ["layers"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        fixture.resultsByCase { name in
            guard name == "final_dit" else { throw GoldenError.unsupported(reason: "the layer \(name)") }
            let sample = GoldenCase(fixture, name: name, on: device)
            let x = try sample.input("x", shape: [nil, nil, nil])
            let (batch, width) = (x.shape[0], x.shape[2])
            let condition = try sample.input("c", shape: [batch, 1, width])
            let weight = try fixture.shape(of: sample.key("weights", "linear.weight"), expecting: [nil, width])
            let scope = Scope()
            let layer = DiTFinalLayer(scope, width: width, patchValues: weight[0])
            let store = try sample.weights(of: scope)
            // Patches of one pixel in one row: the image is the tokens, channels before positions.
            let image = layer(
                x, condition: condition.reshaped(to: batch, width), PatchLayout(size: 1), rows: 1,
                columns: x.shape[1], Pass(store))
            let out = image.reshaped(to: batch, weight[0], x.shape[1]).transposed()
            return try sample.compare(outputs: ["out": out], weights: store, inputs: ["x": x, "c": condition])
        }
    }
}
