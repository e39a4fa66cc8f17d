public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor

/// What every `PerceptualLoss` must do.
public enum PerceptualLossConformance {
    /// - Parameters:
    ///   - loss: for images of the given size; without parameters of its own and without taps.
    ///   - networks: weights of its networks.
    /// - Returns: the rules that the loss breaks.
    public static func findings(
        for loss: some PerceptualLoss, image: ImageSpec, networks: FrozenNetworks, on device: any Device
    ) throws -> [ConformanceFinding] {
        var list = FindingList()
        var random = Philox(seed: 7)
        let shape: Shape = [3, image.channels, image.height, image.width]
        let tape = Tape()
        let predicted = tape.watch(Tensor.normal(shape, using: &random, on: device) * 0.5)
        let truth = Tensor.normal(shape, using: &random, on: device) * 0.5
        func values(_ predicted: Tensor, _ truth: Tensor) -> Tensor {
            let context = LossContext(
                times: [Float](repeating: 0.5, count: predicted.shape[0]), pass: Pass(ParameterStore([], values: [])),
                networks: networks)
            return loss.values(of: predicted, reference: truth, in: context)
        }
        let batch = values(predicted, truth)
        list.expect(batch.shape == [3], "there is one value per image", "\(batch.shape) for 3 images")
        guard batch.shape == [3] else { return list.findings }
        let numbers = try batch.scalars()
        for index in 0..<3 {
            let alone = try values(row(predicted.detached(), index), row(truth, index)).scalars()
            list.expect(
                relativeDifference(alone, [numbers[index]]) < 1e-4, "an image's value does not depend on its batch",
                "image \(index) has \(numbers[index]) among others and \(alone) alone")
        }
        let same = try values(truth, truth).scalars()
        list.expect(
            zip(same, numbers).allSatisfy { abs($0) < 0.01 * max(abs($1), 1e-3) },
            "equal images cost next to nothing", "\(same), different ones \(numbers)")
        let gradient = try tape.gradients(of: batch, withRespectTo: [predicted])[0]?.scalars() ?? []
        list.expect(
            gradient.contains { $0 != 0 } && gradient.allSatisfy(\.isFinite), "the prediction has a finite gradient",
            gradient.isEmpty ? "there is none" : "it is zero or not finite")
        return list.findings
    }

    private static func row(_ images: Tensor, _ index: Int) -> Tensor { images.sliced(along: 0, index..<index + 1) }
}
