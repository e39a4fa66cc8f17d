import Foundation
import Swiffuse
import SwiffuseCommands
import Testing

/// `train-encoder` and `evaluate`, on twelve pictures.
@Suite struct EvaluationTests {
    private let tiny: TinyRecipe
    private let larger = ["--set", "image.height=16", "--set", "image.width=16"]

    init() throws {
        tiny = try TinyRecipe()
        // Enough pictures that a tenth can be held out.
        for (name, base) in [("dark", 20), ("light", 200)] {
            for number in 3..<8 {
                let pixels = (0..<144).map { UInt8(base + number * 5 + $0 * number % 11) }
                try PNG.write(
                    ImageBuffer(width: 12, height: 12, channels: 1, pixels: pixels),
                    to: tiny.folder("images/\(name)/\(number).png"))
            }
        }
    }

    private func run(_ arguments: String...) throws -> CommandOutcome {
        try CommandLineSession().run(arguments + ["--threads", "1"])
    }

    private func encoder(_ architecture: String, _ name: String, _ further: [String] = []) throws -> String {
        let path = tiny.folder(name)
        let outcome = try CommandLineSession().run(
            ["train-encoder", architecture, tiny.path, "--out", path, "--steps", "30", "--batch-size", "5"] + larger
                + further)
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(outcome.output.contains("of the held-out pictures right"))
        #expect(outcome.messages.contains("measuring: 1 of 1 held-out pictures"), "\(outcome.messages)")
        return path
    }

    @Test func anEncoderLearnsDarkFromLight() throws {
        let path = try encoder("strided", "judge.safetensors", ["--steps", "60"])
        let info = try CommandLineSession().run("info", path).output
        #expect(info.contains("an encoder, strided trained 60 steps on class-folders; 100 %"), "\(info)")
    }

    @Test func theLinesThatItPrintsAreARecipe() throws {
        var losses: [String] = []
        for (architecture, further) in [
            ("vgg", ["--encoder", "widths=[2,3,4,3,2]"]),
            ("vit", ["--encoder", "transformer.width=12", "--encoder", "transformer.depth=2"]),
        ] {
            let path = tiny.folder("my \(architecture), {a: b} #1's.safetensors")  // signs that mean something in YAML
            let outcome = try CommandLineSession().run(
                ["train-encoder", architecture, tiny.path, "--out", path, "--steps", "2", "--task", "rotations"]
                    + larger + further)
            #expect(outcome.exitCode == 0, "\(outcome.messages)")
            let lines = outcome.output.split(separator: "\n").filter { $0.contains("- {type:") }
            #expect(!lines.isEmpty)
            losses += lines.map { String($0.drop { $0 != "{" }) }
        }
        let outcome = try CommandLineSession().run(
            ["train", tiny.path, "--out", tiny.folder("run"), "--set", "losses=[\(losses.joined(separator: ", "))]"]
                + larger)
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
    }

    @Test func scoresOfDrawnReadAndExportedSamplesAgree() throws {
        let judge = try encoder("strided", "judge.safetensors")
        let run = try tiny.train(into: "run")
        let drawn = try self.run(
            "evaluate", run, "--weights", judge, "--count", "12", "--export", tiny.folder("samples.npz"),
            "--save-statistics", tiny.folder("real.npz"), "--save-features", tiny.folder("features.npz"), "--json")
        #expect(drawn.exitCode == 0, "\(drawn.messages)")
        let scores = try self.scores(drawn)
        #expect(try #require(scores["frechet"] as? Double) > 0)
        #expect(scores["inceptionADM"] as? Double != nil && scores["precisionRecall"] != nil)
        for (samples, reference) in [
            ("samples.npz", "real.npz"), ("samples.npz", "images"), ("features.npz", "real.npz"),
        ] {
            let network = samples == "features.npz" ? [] : ["--weights", judge]
            let outcome = try CommandLineSession().run(
                ["evaluate", tiny.folder(samples), "--reference", tiny.folder(reference), "--json", "--threads", "1"]
                    + network)
            #expect(outcome.exitCode == 0, "\(outcome.messages)")
            let other = try self.scores(outcome)
            for name in ["frechet", "inceptionADM"] {
                let (a, b) = (try #require(scores[name] as? Double), try #require(other[name] as? Double))
                // Grey pictures become colour and grey again: weights of 0.299 and so on do not quite add up.
                #expect(abs(a - b) <= 1e-4 * abs(a) + 1e-6, "\(samples), \(reference), \(name): \(a), \(b)")
            }
        }
        let table = try self.run("evaluate", run, "--weights", judge, "--count", "4").output
        for words in [
            "4 of \(run), step 5", "16 of class-folders", "own encoder", "; not comparable with Inception-v3",
            "SHA-256",
            "compare all 4 samples with all 16 real pictures", "Naeem et al.",
        ] {
            #expect(table.contains(words), "\(table)")
        }
        #expect(table.contains("Fréchet distance ") && !table.contains("FID") && !table.contains("KID"), "\(table)")
    }

    @Test func savedFeaturesAreOfAllSamples() throws {
        let judge = try encoder("strided", "judge.safetensors")
        let (images, features) = (tiny.folder("images"), tiny.folder("f.npz"))
        for (limit, words) in [("4", "compare the first 4 samples with the first 4"), ("0", "more than 3 single")] {
            let kept = try run(
                "evaluate", images, "--reference", images, "--weights", judge, "--overlap-count", limit,
                "--save-features", features)
            #expect(kept.exitCode == 0 && kept.output.contains(words), "\(kept.output), \(kept.messages)")
            let headers = try NPZFile(path: features).headers
            #expect(headers["features"]?.shape.first == 16 && headers["logits"]?.shape == [16, 2], "\(headers)")
            let read = try run("evaluate", features, "--reference", features)
            #expect(read.exitCode == 0 && read.output.contains("16 of \(features)"), "\(read.output), \(read.messages)")
        }
    }

    /// An .npz file of features.
    private func features(
        _ name: String, _ rowCount: Int, scale: Float = 1, network: FeatureNetworkIdentity? = nil
    ) throws -> String {
        var set = FeatureSet(width: 3, keeping: .all)
        try set.add(pooled: (0..<rowCount * 3).map { scale * Float($0 * 7919 % 101) / 101 })
        set.network = network
        try set.write(to: tiny.folder(name))
        return tiny.folder(name)
    }

    @Test func scoresTooLargeForANumberAreNull() throws {
        // The kernel distance grows with the sixth power, its variance with the twelfth: 1e360.
        let (samples, reference) = (try features("a.npz", 8, scale: 1e30), try features("b.npz", 5, scale: 1e30))
        let outcome = try run("evaluate", samples, "--reference", reference, "--json")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let scores = try self.scores(outcome)
        let kernel = try #require(scores["kernel"] as? [String: Any])
        #expect(kernel["deviation"] is NSNull && kernel["mean"] as? Double != nil, "\(kernel)")
        #expect(scores["frechet"] as? Double != nil && scores["inceptionADM"] == nil)
        let table = try run("evaluate", samples, "--reference", reference).output
        #expect(table.contains("± too large") && table.contains("e+"), "\(table)")
        #expect(table.split(separator: "\n").allSatisfy { $0.count < 180 }, "\(table)")
    }

    @Test func onlyScoresOfInceptionAreCalledFID() throws {
        var small = DINOv2FeaturesConfiguration()
        (small.network.width, small.network.depth, small.network.headCount) = (12, 1, 2)
        let networks = [
            (InceptionFeatures().settings, "Fréchet distance (FID) ", false),
            (try DINOv2Features(small).settings, "Fréchet distance  ", true),
            ("own encoder", "Fréchet distance  ", true),
            (nil, "Fréchet distance (FID if of Inception-v3)", false),
        ]
        for (settings, name, isNoted) in networks {
            let network = settings.map { FeatureNetworkIdentity(settings: $0, sha256: nil) }
            let (samples, reference) = (try features("a.npz", 8), try features("b.npz", 5, network: network))
            let outcome = try run("evaluate", samples, "--reference", reference)
            #expect(outcome.exitCode == 0 && outcome.output.contains(name), "\(outcome.output), \(outcome.messages)")
            #expect(outcome.output.contains("; not comparable with Inception-v3") == isNoted, "\(outcome.output)")
            #expect(
                !isNoted || !(outcome.output.contains("FID") || outcome.output.contains("KID")), "\(outcome.output)")
        }
    }

    @Test func numbersThatAreNotFiniteAreNamed() throws {
        let (sound, damaged) = (try features("sound.npz", 8), tiny.folder("damaged.npz"))
        var writer = try NPZWriter(path: damaged)
        try writer.begin("features", NPYHeader(.float32, shape: [4, 3]))
        try writer.append((0..<12).map { $0 == 7 ? Float.nan : Float($0 * $0) })
        try writer.finish()
        for (samples, reference) in [(sound, damaged), (damaged, sound)] {
            let outcome = try run("evaluate", samples, "--reference", reference)
            let words = "\(damaged) cannot be used: element [2, 1] of its array 'features' is nan"
            #expect(outcome.exitCode == 2 && outcome.messages.contains(words), "\(outcome.messages)")
        }
        let judge = try encoder("strided", "judge.safetensors")
        var bytes = try tiny.folder.bytes(of: "judge.safetensors")
        let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        for index in (8 + header)..<bytes.count { bytes[index] = 0xFF }  // not a number, in Float32
        try Data(bytes).write(to: URL(fileURLWithPath: judge))
        let images = tiny.folder("images")
        for (samples, reference, side) in [(images, sound, "samples"), (sound, images, "real pictures")] {
            let outcome = try run("evaluate", samples, "--reference", reference, "--weights", judge)
            #expect(outcome.exitCode == 2 && outcome.messages.contains("\(side): the "), "\(outcome.messages)")
            #expect(outcome.messages.contains("undamaged file of the network for --weights"), "\(outcome.messages)")
        }
    }

    @Test func scoresSayHowManyVectorsTheyCompare() throws {
        let judge = try encoder("strided", "judge.safetensors")
        let words = ["evaluate", tiny.folder("images"), "--reference", "DATA", "--weights", judge, "--threads", "1"]
        let reference = tiny.folder("images")
        let command = words.map { $0 == "DATA" ? reference : $0 } + ["--overlap-count", "7", "--reference-count", "13"]
        let table = try CommandLineSession().run(command)
        #expect(table.exitCode == 0, "\(table.messages)")
        #expect(table.output.contains("compare the first 7 samples with the first 7 real pictures"), "\(table.output)")
        let scores = try self.scores(try CommandLineSession().run(command + ["--json"]))
        #expect(scores["overlapSampleCount"] as? Int == 7 && scores["overlapReferenceCount"] as? Int == 7)
    }

    @Test func flagsWithoutAUseAreRefused() throws {
        let judge = try encoder("strided", "judge.safetensors")
        let (images, features, statistics) = (tiny.folder("images"), tiny.folder("f.npz"), tiny.folder("s.npz"))
        let kept = try self.run(
            "evaluate", images, "--reference", images, "--weights", judge, "--save-features", features,
            "--save-statistics", statistics)
        #expect(kept.exitCode == 0, "\(kept.messages)")
        let pictures = ["evaluate", images, "--reference", images, "--weights", judge]
        let given = ["evaluate", features, "--reference", statistics]
        for (arguments, message) in [
            (pictures + ["--steps", "5"], "--steps: \(images) is no run or checkpoint"),
            (pictures + ["--guidance", "3", "--seed", "4"], "--guidance, --seed: \(images) is no run"),
            (pictures + ["--ema", "raw"], "--ema: \(images) is no run"),
            (pictures + ["--export", tiny.folder("x.npz")], "--export: \(images) is no run"),
            (given + ["--weights", judge], "--weights: both sides are features or statistics already"),
            (["evaluate", statistics, "--reference", statistics], "\(statistics) holds statistics, which cannot be"),
            (given + ["--count", "10"], "--count: \(features) holds features"),
            (given + ["--reference-count", "10"], "--reference-count: \(statistics) holds features"),
            (
                [
                    "evaluate", "--reference", images, "--save-statistics", statistics, "--weights", judge, "--count",
                    "3",
                ],
                "--count: no samples are named"
            ),
        ] {
            let outcome = try CommandLineSession().run(arguments)
            #expect(outcome.exitCode == 2 && outcome.messages.contains(message), "\(arguments): \(outcome.messages)")
        }
        let outcome = try CommandLineSession().run(given)
        #expect(outcome.exitCode == 0 && outcome.output.contains("own encoder"), "\(outcome.output)")
    }

    @Test func filesThatAreReadAreNotWrittenOver() throws {
        let (samples, link) = (try tiny.folder.write("kept", to: "s.npz"), tiny.folder("link.npz"))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: samples)
        let (reference, new) = (tiny.folder("r.npz"), tiny.folder("new.npz"))
        let command = ["evaluate", samples, "--reference", reference, "--weights", tiny.folder("w.npz")]
        for (flags, words) in [
            (["--save-features", samples], "--save-features: \(samples) is the file of the samples too"),
            (["--save-features", link], "the file of the samples too"),
            (["--save-statistics", tiny.folder("images/../r.npz")], "the file of --reference too"),
            (["--export", tiny.folder("w.npz")], "the file of --weights too"),
            (["--save-statistics", new, "--save-features", new], "the file of --save-statistics too"),
            (["--save-features", new, "--export", new], "the file of --save-features too"),
        ] {
            let outcome = try CommandLineSession().run(command + flags)
            #expect(outcome.exitCode == 2 && outcome.messages.contains(words), "\(flags): \(outcome.messages)")
        }
        #expect(try String(contentsOfFile: samples, encoding: .utf8) == "kept")
    }

    @Test func statisticsOfAnotherNetworkAreRefused() throws {
        let images = tiny.folder("images")
        let judges = try (0..<2).map { try encoder("strided", "judge\($0).safetensors", ["--seed", "\($0)"]) }
        let path = tiny.folder("real.npz")
        let saved = try run("evaluate", "--reference", images, "--weights", judges[0], "--save-statistics", path)
        #expect(saved.exitCode == 0, "\(saved.messages)")
        let copy = tiny.folder("copy.safetensors")
        try FileManager.default.copyItem(atPath: judges[0], toPath: copy)
        let same = try run("evaluate", images, "--reference", path, "--weights", copy)
        #expect(same.exitCode == 0, "\(same.messages)")
        let other = try run("evaluate", images, "--reference", path, "--weights", judges[1])
        #expect(other.exitCode == 2 && other.messages.contains("two networks"), "\(other.messages)")
    }

    @Test func picturesBesideStatisticsAreCompared() throws {
        let judge = try encoder("strided", "judge.safetensors")
        let (images, statistics, batch) = (tiny.folder("images"), tiny.folder("s.npz"), tiny.folder("batch.npz"))
        let saved = try run("evaluate", "--reference", images, "--weights", judge, "--save-statistics", statistics)
        #expect(saved.exitCode == 0, "\(saved.messages)")
        let info = try CommandLineSession().run("info", statistics)
        #expect(info.output.contains("an .npz file of statistics, features"), "\(info.output), \(info.messages)")
        let known = try NPZFile(path: statistics)
        for hasPictures in [true, false] {
            var writer = try NPZWriter(path: batch)
            for name in ["mu", "sigma"] {
                try writer.begin(name, try #require(known.headers[name]))
                try writer.append(try known.float64(name))
            }
            if hasPictures {
                try writer.begin("arr_0", NPYHeader(.uint8, shape: [5, 12, 12, 1]))
                try writer.append((0..<5 * 144).map { UInt8($0 * 31 % 251) })
            }
            try writer.finish()
            let words =
                hasPictures ? "with the first 5 real pictures" : "need features of more than 3 single pictures"
            let real = try run("evaluate", images, "--reference", batch, "--weights", judge)
            #expect(real.exitCode == 0 && real.output.contains(words), "\(real.output), \(real.messages)")
            let samples = try run("evaluate", batch, "--reference", images, "--weights", judge)
            #expect(samples.exitCode == (hasPictures ? 0 : 2), "\(samples.messages)")
            #expect(samples.output.contains("5 of \(batch)") == hasPictures, "\(samples.output)")
        }
    }

    @Test func sampleWritesWhatTheADMSuiteReads() throws {
        let run = try tiny.train(into: "run")
        let path = tiny.folder("samples.npz")
        let abandoned = try tiny.folder.write("half", to: ".swiffuse-1-abc.tmp")
        let outcome = try self.run("sample", run, "--count", "5", "--npz", path)
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let header = try #require(try NPZFile(path: path).headers["arr_0"])
        #expect(header == NPYHeader(.uint8, shape: [5, 12, 12, 3]))
        #expect(!FileManager.default.fileExists(atPath: abandoned))  // what a killed program left
    }

    @Test func mistakesAreNamed() throws {
        let run = try tiny.train(into: "run")
        let text = try tiny.folder.write("no network", to: "weights.safetensors")
        for (arguments, words) in [
            (["evaluate", run], "say which network's features"),
            (["evaluate", run, "--weights", text], "not a valid safetensors file"),
            (["evaluate", run, "--weights", run + "/checkpoint.safetensors"], "of no known network"),
            (
                ["evaluate", run, "--weights", run + "/checkpoint.safetensors", "--features", "encoder"],
                "not an encoder's"
            ),
            (
                ["evaluate", run, "--weights", "x", "--features", "inseption-v3"],
                "--features: no network of features is called \"inseption-v3\"; did you mean inception-v3?"
            ),
            (
                ["evaluate", run, "--weights", "x", "--features", "encoder", "--network", "foo=1"],
                "--network.foo: unknown key"
            ),
            (
                ["evaluate", run, "--weights", "x", "--features", "inception-v3", "--network", "weights.file=y"],
                "--network: weights.file is not set here; use --weights"
            ),
            (["evaluate", tiny.folder("images"), "--weights", "x"], "--reference"),
            (["evaluate"], "give samples"),
            (["evaluate", run, "--count", "1"], "--count"),
            (["evaluate", run, "--export", tiny.folder("a.png")], ".npz"),
            (["evaluate", run, "--reference", tiny.folder("nowhere"), "--weights", "x"], "nowhere"),
            (["train-encoder", "vgg", tiny.path, "--out", tiny.folder("a.safetensors")], "16 pixels"),
            (["train-encoder", "resnet", tiny.path, "--out", tiny.folder("a.safetensors")], "vgg, vit or strided"),
            (["train-encoder", "vit", tiny.path, "--out", tiny.folder("a.bin")], ".safetensors"),
            (["train-encoder", "vit", tiny.path, "--out", run + "/checkpoint.safetensors"], "checkpoint of a run"),
            (
                ["train-encoder", "vit", tiny.path, "--out", tiny.folder("a.safetensors"), "--encoder", "widt=3"],
                "widths"
            ),
        ] {
            let outcome = try CommandLineSession().run(arguments)
            #expect(outcome.exitCode == 2 && outcome.messages.contains(words), "\(arguments): \(outcome.messages)")
            #expect(outcome.messages.split(separator: "\n").count <= 2, "\(outcome.messages)")
        }
    }

    private func scores(_ outcome: CommandOutcome) throws -> [String: Any] {
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return try #require(report?["scores"] as? [String: Any])
    }
}
