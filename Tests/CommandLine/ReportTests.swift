import Foundation
import Swiffuse
import SwiffuseCommands
import Testing

@Suite struct ReportTests {
    @Test func checkReportsALargeModelWithoutAllocatingIt() throws {
        let start = ContinuousClock().now
        let outcome = try CommandLineSession().run("check", "jit-l-16")
        #expect(outcome.exitCode == 0)
        for words in [
            "459,139,808", "458,877,664", "[32, 3, 256, 256]", "[32, 256, 1024]", "GFLOP", "moments and averages",
        ] {
            #expect(outcome.output.contains(words), "\(words)")
        }
        // Generous: it takes half a second where nothing else runs.
        #expect(ContinuousClock().now - start < .seconds(20))
    }

    @Test func checkTellsWhatARunMinimisesAndWhatItLacks() throws {
        let folder = try TemporaryFolder()
        let weights = try folder.write("", to: "vgg.pth")
        let outcome = try CommandLineSession().run(
            "check", "pixelgen-l", "--set", "losses.1.weights.file=\(weights)",
            "--set", "losses.1.headWeights.file=none.pth", "--set", "losses.2.gate.convention=paper")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "path linear", "times logit-normal, mean -0.8, deviation 0.8, shift 1.0", "clean-image 1 all images",
            "repa 0.5 all images encoder.weights: not named yet",
            "lpips 0.1 images from t = 0.3 on weights: \(weights), headWeights: none.pth",
            "p-dino 0.01 images from t = 0.3 on encoder.weights: not named yet",
            "balanced every 50 updates, from update 400,000 on", "missing before training",
            "losses.0.encoder.weights.file: not named yet", "losses.1.headWeights.file: cannot read none.pth",
            "losses.2.encoder.weights.file: not named yet",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(!lines.contains { $0.hasPrefix("losses.1.weights.file") })
        let complete = try CommandLineSession().run("check", "fashion-mnist")
        #expect(complete.output.contains("clean-image") && !complete.output.contains("missing"))
    }

    @Test func checkShowsWhatRecomputingSaves() throws {
        func memory(_ words: String, _ further: String...) throws -> String {
            let outcome = try CommandLineSession().run(["check", "jit-b-16"] + further)
            let line = try #require(outcome.output.split(separator: "\n").first { $0.contains(words) })
            return line.split(separator: " ").suffix(2).joined(separator: " ")
        }
        let (plain, other) = (try memory("at its peak"), try memory("with backbone.recompute=true"))
        let recomputing = ["--set", "backbone.recompute=true"]
        #expect(plain != other)
        #expect(try memory("at its peak", recomputing[0], recomputing[1]) == other)
        #expect(try memory("with backbone.recompute=false", recomputing[0], recomputing[1]) == plain)
    }

    @Test func resolvedRecipeIsARecipeAgain() throws {
        let folder = try TemporaryFolder()
        let outcome = try CommandLineSession().run(
            "check", "fashion-mnist", "--resolved", "--set", "training.steps=700")
        let again = try CommandLineSession().run("check", try folder.write(outcome.output, to: "r.yaml"), "--resolved")
        #expect(again.exitCode == 0)
        #expect(again.output == outcome.output)
        #expect(outcome.output.contains("steps: 700"))
    }

    @Test func memoryEstimateIsWhatTrainingUses() throws {
        let tiny = try TinyRecipe()
        let registry = try Registry.standard
        let recipe = try Recipe(yaml: String(contentsOfFile: tiny.path, encoding: .utf8), registry: registry)
        let device = try CPUDevice(threads: 1)
        let model = try DiffusionModel(recipe, registry: registry)
        let estimate = try CostEstimate(model, registry: registry, kernels: device.kernels, samplingBatch: 1)
        var run = try TrainingRun(
            recipe, registry: registry, folder: RunFolder(tiny.folder("run")), start: .new, on: device)
        try run.run()
        let used = Double(device.memoryUse.highWaterMark)
        // Measured: within 1 %; an allocator rounds small blocks up.
        #expect(
            abs(used - Double(estimate.training.peak)) < 0.15 * used,
            "\(used) used, \(estimate.training.peak) estimated")
    }

    @Test func componentsListsEveryKind() throws {
        let outcome = try CommandLineSession().run("components")
        #expect(outcome.exitCode == 0)
        for word in ["backbone", "jit", "heun", "classifier-free", "logit-normal", "fashion-mnist", "jit-h-32"] {
            #expect(outcome.output.contains(word), "\(word)")
        }
    }

    @Test func componentShowsItsDefaults() throws {
        let outcome = try CommandLineSession().run("components", "backbone")
        #expect(outcome.output.contains("type: jit"))
        #expect(outcome.output.contains("patchSize: 16"))
    }

    @Test func printedPresetIsARecipe() throws {
        let folder = try TemporaryFolder()
        let outcome = try CommandLineSession().run("components", "preset", "jit-b-32")
        let check = try CommandLineSession().run("check", try folder.write(outcome.output, to: "r.yaml"))
        #expect(check.exitCode == 0, "\(check.messages)")
        #expect(check.output.contains("[32, 3, 512, 512]"))
    }

    @Test func devicesNamesTheKernelsInUse() throws {
        let outcome = try CommandLineSession().run("devices", "--ops", "--threads", "1")
        #expect(outcome.exitCode == 0)
        for word in ["cpu", "threads", "matrix products", "OpenBLAS", "GFLOP/s", "attention", "adamw-ema"] {
            #expect(outcome.output.contains(word), "\(word)")
        }
    }

    @Test func devicesMeasureTheProductsAskedFor() throws {
        let outcome = try CommandLineSession().run(
            "devices", "--threads", "1", "--product", "8x16x24", "--product", "3x5x7")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("GFLOP/s (float32, 8 × 16 × 24)"))
        #expect(outcome.output.contains("GFLOP/s (float32, 3 × 5 × 7)"))
        #expect(!outcome.output.contains("1024 × 1024"))
    }

    @Test func benchPrintsComparableNumbers() throws {
        let outcome = try CommandLineSession().run(
            "bench", "forward", "train-step", "--batch", "1", "--repeat", "2", "--json")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        #expect(rows.count == 2)
        #expect(rows.map { $0["suite"] as? String } == ["forward", "train-step"])
        for row in rows { #expect((row["medianSeconds"] as? Double ?? 0) > 0) }
    }

    @Test func benchOfOperationsCoversTheKernels() throws {
        let outcome = try CommandLineSession().run("bench", "ops", "--batch", "1", "--repeat", "1")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        for op in FusedOps.all { #expect(outcome.output.contains(op.name.name), "\(op.name)") }
    }

    @Test func benchMeasuresARecipe() throws {
        let outcome = try CommandLineSession().run(
            "bench", "--recipe", "fashion-mnist-deco", "--set", "backbone.depth=1", "--set", "classes=0", "--batch",
            "1", "--repeat", "1", "--steps", "2", "--json")
        let results = try JSONDecoder().decode([BenchLine].self, from: Data(outcome.output.utf8))
        #expect(
            results == [
                BenchLine(suite: "forward", name: "deco", size: "fashion-mnist-deco"),
                BenchLine(suite: "train-step", name: "deco", size: "fashion-mnist-deco"),
                BenchLine(suite: "sample", name: "guided", size: "fashion-mnist-deco"),
                BenchLine(suite: "sample", name: "unguided", size: "fashion-mnist-deco"),
            ])
    }

    @Test func benchTellsWhereTimeGoes() throws {
        let outcome = try CommandLineSession().run(
            "bench", "train-step", "--batch", "1", "--repeat", "1", "--by-op")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        for word in ["linear gradient", "attention", "adamw-ema", "share", "roofline:"] {
            #expect(outcome.output.contains(word), "\(word)")
        }
    }

    @Test func unknownKindsOfFixturesAreCountedButDoNotFail() throws {
        let folder = try TemporaryFolder()
        #expect(try CommandLineSession().run("verify", folder.path).exitCode == 2)
        _ = try folder.write("{ this is no JSON", to: "damaged.json")
        let outcome = try CommandLineSession().run("verify", folder.path)
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.contains("1 FAIL"))
    }
}

/// What a line of `bench --json` is about.
private struct BenchLine: Decodable, Equatable {
    let suite: String
    let name: String
    let size: String
}
