import Foundation
import Swiffuse
import SwiffuseCommands
import Testing

@Suite struct DataTests {
    @Test func checkTellsWhatAFolderHolds() throws {
        let tiny = try TinyRecipe()
        let outcome = try CommandLineSession().run("data", "check", tiny.folder("images"), "--size", "16")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        for words in ["dark", "light", "6 usable pictures, 0 damaged", "width  12 pixels", "6 grey", "6 are smaller"] {
            #expect(outcome.output.contains(words), "\(words): \(outcome.output)")
        }
        let flat = try CommandLineSession().run("data", "check", tiny.folder("images"), "--without-classes")
        #expect(flat.exitCode == 0 && flat.output.contains("0 pictures have a caption"), "\(flat.output)")
    }

    @Test func damagedPicturesAreNamed() throws {
        let tiny = try TinyRecipe()
        let damaged = try tiny.folder.write("no picture", to: "images/light/zero.png")
        let check = try CommandLineSession().run("data", "check", tiny.folder("images"))
        #expect(check.exitCode == 1)
        #expect(check.output.contains("damaged: \(damaged) is not a PNG or JPEG file"), "\(check.output)")
        let skipping = try CommandLineSession().run("train", tiny.path, "--out", tiny.folder("run"))
        #expect(skipping.exitCode == 0, "\(skipping.messages)")
        #expect(skipping.messages.components(separatedBy: "skipped: \(damaged)").count == 2, "\(skipping.messages)")
        let strict = try CommandLineSession().run("train", tiny.path, "--out", tiny.folder("strict"), "--strict")
        #expect(strict.exitCode == 1 && strict.messages.contains(damaged), "\(strict.messages)")
        for folder in ["missing", "strict/nothing"] {
            #expect(try CommandLineSession().run("data", "check", tiny.folder(folder)).exitCode == 2)
        }
    }

    @Test func cachesAndThreadsChangeNothing() throws {
        let tiny = try TinyRecipe()
        let plain = try FileContents.read(tiny.train(into: "plain", "--data-cache", "none") + "/checkpoint.safetensors")
        let others = [
            ["--data-cache", "memory:1K"], ["--data-cache", "disk:\(tiny.folder.path):2M", "--data-threads", "3"],
        ]
        for (index, flags) in others.enumerated() {
            let folder = tiny.folder("run\(index)")
            let outcome = try CommandLineSession().run(["train", tiny.path, "--out", folder] + flags)
            #expect(outcome.exitCode == 0, "\(outcome.messages)")
            #expect(try FileContents.read(folder + "/checkpoint.safetensors") == plain)
        }
        let log = String(decoding: try tiny.folder.bytes(of: "plain/log.csv"), as: UTF8.self)
        #expect(log.hasPrefix("step,loss,loss/clean-image,gradient_norm,learning_rate,images_per_second,data_wait\n"))
    }

    @Test(arguments: [
        "memory", "memory:x", "memory:-1", "disk:2M", "disk::2M", "ram:1G", "none:1", "memory:9999999999T",
    ])
    func mistypedCachesAreRefused(_ text: String) throws {
        let outcome = try CommandLineSession().run("train", "fashion-mnist", "--out", "x", "--data-cache", text)
        #expect(outcome.exitCode == 2 && outcome.messages.contains("--data-cache"), "\(outcome.messages)")
    }

    @Test func picturesWithoutClassesTrain() throws {
        let tiny = try TinyRecipe()
        let flags = ["--set", "data.type=picture-folder", "--set", "classes=0", "--set", "data.crop=random"]
        let outcome = try CommandLineSession().run(["train", tiny.path, "--out", tiny.folder("run")] + flags)
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let drawn = try CommandLineSession().run("sample", tiny.folder("run"), "--grid", tiny.folder("a.png"))
        #expect(drawn.exitCode == 0, "\(drawn.messages)")
        let guided = try CommandLineSession().run("sample", tiny.folder("run"), "--guidance", "3")
        #expect(guided.exitCode == 2 && guided.messages.contains("without classes"), "\(guided.messages)")
    }

    @Test func aRunsCheckpointIsNotReplacedByItsOwnWeights() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let before = try FileContents.read(run + "/checkpoint.safetensors")
        let other = try tiny.train(into: "other")
        for target in [run, other] {
            let outcome = try CommandLineSession().run("convert", run, target + "/checkpoint.safetensors")
            #expect(outcome.exitCode == 2 && outcome.messages.contains("name another"), "\(outcome.messages)")
        }
        #expect(try FileContents.read(run + "/checkpoint.safetensors") == before)
    }

    @Test func changingTheTypeOfAPartKeepsOnlyWhatTheNewTypeKnows() throws {
        let tiny = try TinyRecipe()
        let outcome = try CommandLineSession().run(
            "check", tiny.path, "--set", "sampling.solver={type: heun, evaluations: exact}", "--set",
            "sampling.solver.type=unipc", "--set", "sampling.guidance=none", "--set",
            "sampling.guidance.type=classifier-free")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
    }

    @Test func twoResultsDoNotGoToOneFile() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let path = tiny.folder("a.png")
        let outcome = try CommandLineSession().run("sample", run, "--grid", path, "--apng", path)
        #expect(outcome.exitCode == 2 && outcome.messages.contains("--grid and --apng"), "\(outcome.messages)")
    }
}
