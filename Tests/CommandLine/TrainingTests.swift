import Swiffuse
import SwiffuseCommands
import Testing

@Suite struct TrainingTests {
    @Test func runLeavesRecipeCheckpointAndLog() throws {
        let tiny = try TinyRecipe()
        let outcome = try CommandLineSession().run("train", tiny.path, "--out", tiny.folder("run"), "--threads", "1")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(outcome.output.contains("trained 5 steps"))
        #expect(outcome.output.contains("next: swiffuse sample"))
        #expect(outcome.messages.contains("step 5/5"))
        for word in ["loss", "images/s", "left", "memory"] { #expect(outcome.messages.contains(word), "\(word)") }
        for file in ["recipe.yaml", "checkpoint.safetensors", "log.csv"] {
            #expect(tiny.folder.exists("run/\(file)"), "\(file)")
        }
        let log = String(decoding: try tiny.folder.bytes(of: "run/log.csv"), as: UTF8.self)
        #expect(log.split(separator: "\n").count == 6)
    }

    @Test func progressOnATerminalIsOneLine() throws {
        let tiny = try TinyRecipe()
        let recorder = Recording()
        let environment = CommandEnvironment(
            registry: try .standard, output: TextOutput { _ in },
            messages: TextOutput(isTerminal: true) { recorder.append($0) })
        #expect(SwiffuseCommandLine.run(["train", tiny.path, "--out", tiny.folder("run")], in: environment) == 0)
        let text = recorder.text
        #expect(text.contains("\r\u{1B}[Kstep 5/5"))
        // The announcement and the note that it was saved; the progress line between them is rewritten.
        #expect(text.split(separator: "\n").count == 2, "\(text)")
    }

    @Test func resumedRunEndsWithTheSameBytes() throws {
        let tiny = try TinyRecipe()
        let whole = try tiny.train(into: "whole", "--threads", "1")
        let parts = tiny.folder("parts")
        try Self.stopAfter(2, recipe: tiny.path, folder: parts)
        let outcome = try CommandLineSession().run("train", tiny.path, "--out", parts, "--resume", "--threads", "1")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(outcome.messages.contains("going on from step 2"))
        #expect(
            try FileContents.read(whole + "/checkpoint.safetensors")
                == FileContents.read(parts + "/checkpoint.safetensors"))
    }

    /// Does what an interrupted `train` does.
    private static func stopAfter(_ steps: Int, recipe: String, folder: String) throws {
        let registry = try Registry.standard
        let text = String(decoding: try FileContents.read(recipe), as: UTF8.self)
        var run = try TrainingRun(
            try Recipe(yaml: text, registry: registry), registry: registry, folder: RunFolder(folder), start: .new,
            on: try CPUDevice(threads: 1))
        var done = 0
        try run.run(
            shouldStop: { done >= steps },
            report: { event in
                if case .stepped = event { done += 1 }
            })
    }

    @Test func occupiedFolderIsKept() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let before = try tiny.folder.bytes(of: "run/checkpoint.safetensors")
        let outcome = try CommandLineSession().run("train", tiny.path, "--out", run)
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains("--resume") && outcome.messages.contains("--overwrite"))
        #expect(try tiny.folder.bytes(of: "run/checkpoint.safetensors") == before)
        _ = try tiny.train(into: "run", "--overwrite", "--set", "training.steps=1")
        #expect(try tiny.folder.bytes(of: "run/checkpoint.safetensors") != before)
    }

    @Test func resumingNeedsTheSameRecipe() throws {
        let tiny = try TinyRecipe()
        let run = try tiny.train(into: "run")
        let outcome = try CommandLineSession().run(
            "train", tiny.path, "--out", run, "--resume", "--set", "backbone.depth=3")
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains("backbone.depth"))
        let nothing = try CommandLineSession().run("train", tiny.path, "--out", tiny.folder("new"), "--resume")
        #expect(nothing.exitCode == 2)
        #expect(nothing.messages.contains("resume"))
    }

    @Test func missingImagesAreAUsersMistake() throws {
        let tiny = try TinyRecipe()
        let outcome = try CommandLineSession().run(
            "train", tiny.path, "--out", tiny.folder("run"), "--set", "data.folder=/nonexistent")
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains("/nonexistent"))
        #expect(!tiny.folder.exists("run"))
    }

    @Test func memoryLimitStopsTrainingWithAdvice() throws {
        let tiny = try TinyRecipe()
        let outcome = try CommandLineSession().run(
            "train", tiny.path, "--out", tiny.folder("run"), "--memory-limit", "0.0001")
        #expect(outcome.exitCode == 1)
        #expect(outcome.messages.contains("out of memory"), "\(outcome.messages)")
    }
}
