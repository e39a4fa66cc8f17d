import Foundation
import Swiffuse
import SwiffuseCommands
import Testing

@Suite struct SamplingTests {
    private let tiny: TinyRecipe
    private let run: String

    init() throws {
        tiny = try TinyRecipe()
        run = try tiny.train(into: "run", "--threads", "1")
    }

    private func sample(_ further: String...) throws -> CommandOutcome {
        try CommandLineSession().run(["sample", run] + further)
    }

    @Test func gridShowsAllPicturesAndTellsHow() throws {
        let outcome = try sample("--count", "6", "--grid", tiny.folder("grid.png"))
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(outcome.output.contains("6 pictures") && outcome.output.contains("images/s"))
        let picture = try PNG.read(tiny.folder("grid.png"))
        // Two classes, so two columns of 12 pixels with 2 between.
        #expect((picture.image.width, picture.image.height) == (30, 44))
        let text = try #require(picture.texts.first { $0.keyword == "parameters" }).value
        for fact in [
            "seeds: 4 to 9", "classes: 0 1", "steps: 3", "solver: heun", "guidance: 2.25", "recipe: tiny", "step: 5",
        ] {
            #expect(text.contains(fact), "\(text)")
        }
    }

    @Test func settingsOfANamedSolverAreKeptAndChecked() throws {
        let right = try sample(
            "--count", "1", "--solver", "adams-bashforth", "--set", "sampling.solver.order=3", "--grid",
            tiny.folder("adams.png"))
        #expect(right.exitCode == 0, "\(right.messages)")
        let wrong = try sample("--count", "1", "--solver", "adams-bashforth", "--set", "sampling.solver.order=9")
        #expect(wrong.exitCode == 2 && wrong.messages.contains("sampling.solver.order"), "\(wrong.messages)")
    }

    @Test func pictureDependsOnItsSeedAndClassAlone() throws {
        for (folder, batch) in [("one", "1"), ("three", "3"), ("five", "5")] {
            let outcome = try sample("--count", "5", "--batch-size", batch, "--out", tiny.folder(folder))
            #expect(outcome.exitCode == 0, "\(outcome.messages)")
        }
        let later = try sample("--classes", "0", "--seed", "6", "--count", "1", "--out", tiny.folder("later"))
        #expect(later.exitCode == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: tiny.folder("one")).sorted()
        #expect(names == (0..<5).map { "seed-00000\(4 + $0)-class-\($0 % 2).png" })
        for name in names {
            let first = try PNG.read(tiny.folder("one/\(name)")).image.pixels
            for folder in ["three", "five"] {
                let other = try PNG.read(tiny.folder("\(folder)/\(name)")).image.pixels
                #expect(zip(first, other).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
            }
        }
        let alone = try PNG.read(tiny.folder("later/seed-000006-class-0.png")).image.pixels
        let among = try PNG.read(tiny.folder("one/seed-000006-class-0.png")).image.pixels
        #expect(zip(alone, among).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        #expect(alone != (try PNG.read(tiny.folder("one/seed-000004-class-0.png")).image.pixels))
    }

    @Test func classesHaveNames() throws {
        let outcome = try sample("--classes", "Light,0", "--out", tiny.folder("named"))
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(
            tiny.folder.exists("named/seed-000004-class-1.png") && tiny.folder.exists("named/seed-000005-class-0.png"))
        let unknown = try sample("--classes", "grey", "--out", tiny.folder("named"))
        #expect(unknown.exitCode == 2)
        #expect(unknown.messages.contains("dark, light"))
        let large = try sample("--classes", "2", "--out", tiny.folder("named"))
        #expect(large.exitCode == 2)
        #expect(large.messages.contains("0 to 1"))
    }

    @Test func flagsChangeTheSampling() throws {
        let outcome = try sample(
            "--count", "1", "--out", tiny.folder("changed"), "--solver", "euler", "--steps", "2", "--guidance", "3",
            "--interval", "0.2,0.8", "--shift", "2", "--ema", "0.5")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let text = try #require(try PNG.read(tiny.folder("changed/seed-000004-class-0.png")).texts.first).value
        for fact in ["solver: euler", "steps: 2", "guidance: 3", "interval: [0.2,0.8]", "shift: 2", "weights: ema 0.5"]
        {
            #expect(text.contains(fact), "\(text)")
        }
    }

    @Test func onlySamplingMayBeChanged() throws {
        let model = try sample("--set", "backbone.depth=3")
        #expect(model.exitCode == 2)
        #expect(model.messages.contains("only sampling"))
        let average = try sample("--ema", "0.7", "--out", tiny.folder("x"))
        #expect(average.exitCode == 2)
        #expect(average.messages.contains("0.9"))
    }

    @Test func placesThatCannotBeWrittenAreRefusedBeforeDrawing() throws {
        let grid = try sample("--grid", tiny.folder("missing/grid.png"))
        #expect(grid.exitCode == 2)
        #expect(grid.messages.contains("--grid"))
        let folder = try sample("--grid", tiny.folder.path)
        #expect(folder.exitCode == 2)
        let out = try sample("--out", tiny.path + "/below-a-file")
        #expect(out.exitCode == 2)
        #expect(out.messages.contains("--out"))
    }

    @Test func checkpointOfAnUnknownPluginIsRefused() throws {
        let recipe = try String(contentsOfFile: tiny.path, encoding: .utf8)
        #expect(recipe.contains("jit"))
        let bytes = try tiny.folder.bytes(of: "run/checkpoint.safetensors")
        // The same length, so that the file stays well formed.
        let changed = try #require(
            Self.replacing("\\\"type\\\": \\\"jit\\\"", by: "\\\"type\\\": \\\"jot\\\"", in: bytes))
        try AtomicFile.write(changed, to: tiny.folder("other.safetensors"))
        let outcome = try CommandLineSession().run("sample", tiny.folder("other.safetensors"))
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains("jot") && outcome.messages.contains("known: jit"), "\(outcome.messages)")
    }

    private static func replacing(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8]? {
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        guard let start = (0..<bytes.count - old.count).first(where: { bytes[$0..<$0 + old.count].elementsEqual(old) })
        else { return nil }
        var bytes = bytes
        bytes.replaceSubrange(start..<start + old.count, with: new)
        return bytes
    }
}
