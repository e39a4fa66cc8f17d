import SwiffuseCPU
import SwiffuseTensor
import SwiffuseTesting
import Testing

/// Every operation on the CPU device against plain loops; the list of cases is shared by all devices.
@Suite struct OpParityTests {
    @Test(arguments: OpCase.all)
    func matchesTheReference(_ opCase: OpCase) throws {
        let found = try OpCheck.parity(of: opCase, on: CPUDevice(threads: 2))
        #expect(found.worst <= opCase.tolerance, "outputs \(found.outputs), gradients \(found.gradients)")
    }

    /// The default library ran in the test above; the others here, as far as they are installed.
    @Test(arguments: MatrixLibrary.allCases.filter { $0 != .preferred && $0.isInstalled }, OpCase.withProducts)
    func matchesTheReferenceWithOtherLibraries(_ library: MatrixLibrary, _ opCase: OpCase) throws {
        let device = try CPUDevice(threads: 2, matrixLibrary: library)
        let found = try OpCheck.parity(of: opCase, on: device, applications: 2)
        #expect(found.worst <= 2 * opCase.tolerance, "outputs \(found.outputs), gradients \(found.gradients)")
    }

    @Test(arguments: OpCase.all)
    func accumulatesGradients(_ opCase: OpCase) throws {
        let found = try OpCheck.parity(of: opCase, on: CPUDevice(threads: 2), applications: 2)
        #expect(found.worst <= 2 * opCase.tolerance, "outputs \(found.outputs), gradients \(found.gradients)")
    }

    @Test(arguments: OpCase.all.filter { $0.inputs.contains(where: \.isDifferentiable) })
    func recordedGradientsAreTheMeasuredOnes(_ opCase: OpCase) throws {
        // Central differences in float32 are good to about half a percent here.
        #expect(try OpCheck.gradientError(of: opCase, on: CPUDevice(threads: 1)) < 0.02)
    }

    @Test func everyFusedOperationHasAKernel() throws {
        let names = try CPUDevice(threads: 1).kernels.names.map(\.name)
        #expect(
            names == [
                "adamw-ema", "adaptive-layer-norm", "adaptive-residual", "attention", "convolution", "cosine",
                "feature-distance", "gated-residual", "gelu", "halved-maximum", "layer-norm", "linear",
                "linear-unpatchify", "mean-squared-error", "modulated-layer-norm", "modulated-rms-norm",
                "patchify-linear", "qk-norm-rotary", "rms-norm", "rotary-self-attention", "self-attention", "silu",
                "swiglu", "swiglu-linear",
            ])
    }
}

extension OpCase {
    /// Those that multiply matrices.
    fileprivate static var withProducts: [OpCase] {
        let words = ["matmul", "linear", "attention", "convolution"]
        return all.filter { opCase in words.contains { opCase.name.contains($0) } }
    }
}
