import Foundation
import Swiffuse
import SwiffuseCommands
import Testing

@Suite struct SamplingBatchTests {
    @Test func batchesShrinkToFitIntoMemory() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run", "--threads", "1")
        let registry = try Registry.standard
        let recipe = try Checkpoint(path: run + "/checkpoint.safetensors").recipe(registry: registry)
        let kernels = try CPUDevice(threads: 1).kernels
        let peaks = try [1, 64].map { batch in
            try CostEstimate.samplingPeak(
                of: try DiffusionModel(recipe, registry: registry), registry: registry, kernels: kernels, batch: batch)
        }
        #expect(peaks[1] > 4 * peaks[0])
        let limit = String(Double(peaks[1]) / 2 / 1_073_741_824)
        func sample(_ further: String...) throws -> CommandOutcome {
            try CommandLineSession().run(
                ["sample", run, "--count", "64", "--grid", tiny.folder("grid.png"), "--memory-limit", limit] + further)
        }
        let forced = try sample("--batch-size", "64")
        #expect(forced.exitCode == 1 && forced.messages.contains("out of memory"), "\(forced.messages)")
        let automatic = try sample()
        #expect(automatic.exitCode == 0, "\(automatic.messages)")
    }
}
