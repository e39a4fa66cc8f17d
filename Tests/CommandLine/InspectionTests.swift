import Foundation
import Swiffuse
import Testing

@Suite struct InspectionTests {
    @Test func infoTellsWhatACheckpointIs() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run", "--set", "training.emaSnapshots.lengths=[0.1]")
        let outcome = try CommandLineSession().run("info", run)
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let hash = try SHA256.hexadecimal(ofFile: run + "/checkpoint.safetensors")
        for words in [
            "a checkpoint after step 5", "SHA-256 \(hash)", "recipe", "tiny", "ema/0.9", "ema/0.5", "power/0.1",
            "optimizer/first", "parameters",
        ] {
            #expect(outcome.output.contains(words), "\(words): \(outcome.output)")
        }
        let recipe = try CommandLineSession().run("info", run + "/checkpoint.safetensors", "--recipe")
        #expect(recipe.output == String(decoding: try FileContents.read(run + "/recipe.yaml"), as: UTF8.self))
    }

    @Test func infoTellsWhatAPictureIs() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let path = tiny.folder("grid.png")
        #expect(try CommandLineSession().run("sample", run, "--count", "2", "--grid", path).exitCode == 0)
        let outcome = try CommandLineSession().run("info", path)
        #expect(outcome.exitCode == 0)
        for words in ["PNG", "grey", "parameters: seeds: 4 to 5", "Software: Swiffuse"] {
            #expect(outcome.output.contains(words), "\(outcome.output)")
        }
    }

    @Test func otherFilesAreRefusedInOneLine() throws {
        let folder = try TemporaryFolder()
        for arguments in [
            ["info", try folder.write("nothing much", to: "a.txt")], ["info", folder("missing")],
            ["info", folder.path], ["convert", folder("missing"), folder("out")],
            ["convert", folder.path, "--ema-length", "0.1", "--out", "x"],
            ["convert", folder("a.txt")], ["convert", folder("a.txt"), "b", "--type", "int8"],
            ["convert", folder("a.txt"), "b", "--weights", "best"], ["convert", folder("a.txt"), folder("a.txt")],
        ] {
            let outcome = try CommandLineSession().run(arguments)
            #expect(outcome.exitCode == 2, "\(arguments): \(outcome.messages)")
            #expect(outcome.messages.split(separator: "\n").count == 1, "\(outcome.messages)")
        }
    }

    @Test func convertedWeightsDrawTheSamePictures() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let weights = tiny.folder("weights.safetensors")
        let outcome = try CommandLineSession().run("convert", run, weights, "--weights", "0.5")
        #expect(outcome.exitCode == 0 && outcome.output.contains("step 5"), "\(outcome.messages)")
        for (source, grid, further) in [(run, "a.png", ["--ema", "0.5"]), (weights, "b.png", [])] {
            let drawn = try CommandLineSession().run(
                ["sample", source, "--count", "2", "--threads", "1", "--grid", tiny.folder(grid)] + further)
            #expect(drawn.exitCode == 0, "\(drawn.messages)")
        }
        #expect(try PNG.read(tiny.folder("a.png")).image == PNG.read(tiny.folder("b.png")).image)
    }

    @Test(arguments: [
        "run/checkpoint.safetensors", "link.safetensors", "run/checkpoints/step-0000004.safetensors",
        "run/../run/snapshots/step-0000004.safetensors",
    ])
    func filesOfARunAreNotReplaced(_ name: String) throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(
            into: "run", "--set", "training.keep.last=2", "--set", "training.checkpointEvery=4", "--set",
            "training.emaSnapshots={lengths: [0.1], every: 4}")
        let checkpoint = run + "/checkpoint.safetensors"
        try FileManager.default.createSymbolicLink(
            atPath: tiny.folder("link.safetensors"), withDestinationPath: checkpoint)
        let weights = tiny.folder("weights.safetensors")
        #expect(try CommandLineSession().run("convert", run, weights).exitCode == 0)
        #expect(tiny.folder.exists(name))
        let before = try tiny.folder.bytes(of: name)
        for command in [["convert", weights], ["train-encoder", "strided", tiny.path, "--steps", "1", "--out"]] {
            let outcome = try CommandLineSession().run(command + [tiny.folder(name)])
            #expect(outcome.exitCode == 2 && outcome.messages.contains("checkpoint of a run"), "\(outcome.messages)")
        }
        #expect(try tiny.folder.bytes(of: name) == before)
    }

    @Test func convertWritesOnlySafetensors() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let before = try tiny.folder.bytes(of: "run/recipe.yaml")
        for name in ["run/recipe.yaml", "run/log.csv", "x.pt", "weights"] {
            let outcome = try CommandLineSession().run("convert", run, tiny.folder(name))
            #expect(outcome.exitCode == 2 && outcome.messages.contains(".safetensors"), "\(outcome.messages)")
        }
        #expect(try tiny.folder.bytes(of: "run/recipe.yaml") == before)
        #expect(!tiny.folder.exists("x.pt"))
    }

    @Test func namesInFilesDoNotCommandTheTerminal() throws {
        let folder = try TemporaryFolder()
        let path = folder("a.safetensors")
        let name = "\u{1B}[2J\n/w"
        var writer = try SafetensorsWriter(
            path: path, tensors: [SafetensorsSpec(name: name, dtype: .float32, shape: [3])])
        try writer.append(name, [Float](repeating: 1, count: 3))
        try writer.finish()
        let info = try CommandLineSession().run("info", path)
        #expect(info.exitCode == 0 && info.output.contains("\\u{1B}[2J\\u{A}"), "\(info.output)")
        let refused = try CommandLineSession().run("convert", path, folder("b.safetensors"), "--select", "\u{1B}/")
        for text in [info.output, refused.messages] { #expect(!text.contains("\u{1B}"), "\(text)") }
    }

    @Test func convertWarnsOfWhatIsNotFinite() throws {
        let folder = try TemporaryFolder()
        let path = folder("a.safetensors")
        let specs = [("a", StoredDType.float32), ("b", .bfloat16), ("c", .int64), ("d", .float16)].map {
            SafetensorsSpec(name: $0.0, dtype: $0.1, shape: [3])
        }
        for (bfloat16, float16, words) in [
            (0x7F7F, 0x7BFF, nil), (0x7F80, 0x7BFF, "1 of 4 tensors hold NaN or infinity, the first is 'b'"),
            (0x7F7F, 0xFE00, "1 of 4 tensors hold NaN or infinity, the first is 'd'"),
            (0xFF80, 0x7E01, "2 of 4 tensors hold NaN or infinity, the first is 'b'"),
        ] as [(UInt16, UInt16, String?)] {
            var writer = try SafetensorsWriter(path: path, tensors: specs)
            try writer.append("a", [Float.greatestFiniteMagnitude, 0, -1])
            try writer.append("b", [0, 0, bfloat16])
            try writer.append("c", [Int64](repeating: -1, count: 3))
            try writer.append("d", [0, float16, 0])
            try writer.finish()
            let outcome = try CommandLineSession().run("convert", path, folder("b.safetensors"))
            #expect(outcome.exitCode == 0, "\(outcome.messages)")
            guard let words else {
                #expect(!outcome.messages.contains("warning"), "\(outcome.messages)")
                continue
            }
            #expect(outcome.messages.contains("warning: \(folder("b.safetensors")): \(words)"), "\(outcome.messages)")
        }
    }

    @Test func weightsWithoutARecipeAreToldFromDamage() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let weights = tiny.folder("weights.safetensors")
        #expect(try CommandLineSession().run("convert", run, weights, "--prefix", "net.").exitCode == 0)
        let drawn = try CommandLineSession().run(
            "sample", weights, "--count", "1", "--grid", tiny.folder("g.png"))
        #expect(drawn.exitCode == 2 && drawn.messages.contains("no recipe"), "\(drawn.messages)")
        #expect(drawn.messages.contains("'swiffuse convert' with --recipe") && !drawn.messages.contains("valid"))
        let copy = tiny.folder("copy.safetensors")
        #expect(try CommandLineSession().run("convert", weights, copy).exitCode == 0)
        #expect(try tiny.folder.bytes(of: "copy.safetensors") == tiny.folder.bytes(of: "weights.safetensors"))
        for flag in ["--prefix", "--weights"] {
            let refused = try CommandLineSession().run("convert", weights, copy, flag, "raw")
            #expect(refused.exitCode == 2 && refused.messages.contains(flag), "\(refused.messages)")
        }
        let complete = tiny.folder("complete.safetensors")
        let added = try CommandLineSession().run(
            "convert", weights, complete, "--select", "net.", "--recipe", tiny.path)
        #expect(added.exitCode == 0, "\(added.messages)")
        let grid = tiny.folder("a.png")
        #expect(try CommandLineSession().run("sample", complete, "--count", "1", "--grid", grid).exitCode == 0)
    }

    @Test func anAverageOfAnotherLengthDraws() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run", "--set", "training.emaSnapshots={lengths: [0.05, 0.1], every: 2}")
        let average = tiny.folder("average.safetensors")
        let outcome = try CommandLineSession().run("convert", run, "--ema-length", "0.08", "--out", average)
        #expect(outcome.exitCode == 0 && outcome.output.contains("0.08"), "\(outcome.messages)")
        let drawn = try CommandLineSession().run("sample", average, "--count", "1", "--grid", tiny.folder("a.png"))
        #expect(drawn.exitCode == 0, "\(drawn.messages)")
    }

    @Test func trainingBeginsWithGivenWeights() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let outcome = try CommandLineSession().run(
            "train", tiny.path, "--out", tiny.folder("tuned"), "--init", run, "--set", "training.steps=1")
        #expect(outcome.exitCode == 0)
        #expect(outcome.messages.contains("parameters loaded"), "\(outcome.messages)")
        let wider = ["train", tiny.path, "--out", tiny.folder("wider"), "--init", run, "--set", "backbone.depth=5"]
        let refused = try CommandLineSession().run(wider)
        #expect(refused.exitCode == 2)
        #expect(refused.messages.contains("missing") && refused.messages.contains("--init-partial"))
        let accepted = try CommandLineSession().run(wider + ["--init-partial", "--set", "training.steps=1"])
        #expect(accepted.exitCode == 0, "\(accepted.messages)")
        let both = try CommandLineSession().run("train", tiny.path, "--out", run, "--resume", "--init", run)
        #expect(both.exitCode == 2 && both.messages.contains("--init"))
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsNameTheCommands(_ shell: String) throws {
        let outcome = try CommandLineSession().run("--generate-completion-script", shell)
        #expect(outcome.exitCode == 0 && outcome.messages.isEmpty)
        for word in ["train", "convert", "info", "ema-length"] { #expect(outcome.output.contains(word), "\(word)") }
    }
}
