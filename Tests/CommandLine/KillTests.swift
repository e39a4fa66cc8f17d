import Foundation
import Swiffuse
import Testing

/// A run that is killed without warning goes on and ends as if nothing had happened.
@Suite(.serialized) struct KillTests {
    /// Everything that a run can write, often.
    static let settings = [
        "training.steps=200", "training.logEvery=3", "training.checkpointEvery=4", "training.sampleEvery=7",
        "training.keep={last: 2, every: 8}", "training.validation={count: 2, bins: 2, every: 5}",
        "training.emaSnapshots={lengths: [0.05, 0.1], every: 6}",
    ]

    static func arguments(_ tiny: TinyRecipe, _ folder: String, _ further: String...) -> [String] {
        ["train", tiny.path, "--out", tiny.folder(folder), "--threads", "1"]
            + settings.flatMap { ["--set", $0] } + further
    }

    @Test func killedRunsEndWithTheSameBytes() throws {
        let program = try Program()
        let tiny = try TinyRecipe()
        #expect(try program.run(Self.arguments(tiny, "whole")).exitCode == 0)
        var random = SystemRandomNumberGenerator()
        var interruptions = 0
        for attempt in 0..<40 {
            let isStarted = RunFolder(tiny.folder("parts")).hasCheckpoint
            let process = try program.start(
                Self.arguments(tiny, "parts", isStarted ? "--resume" : "--overwrite"))
            usleep(UInt32.random(in: 20_000...150_000, using: &random))
            let wasRunning = process.isRunning
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if !wasRunning { break }
            interruptions += 1
            if attempt == 5 { break }
        }
        #expect(interruptions >= 1)
        let further = RunFolder(tiny.folder("parts")).hasCheckpoint ? "--resume" : "--overwrite"
        let (exitCode, messages) = try program.run(Self.arguments(tiny, "parts", further))
        #expect(exitCode == 0, "\(messages)")
        try Self.expectEqualRuns(tiny)
    }

    /// Everything but speeds and times must be the same.
    static func expectEqualRuns(_ tiny: TinyRecipe) throws {
        func files(_ folder: String) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: tiny.folder(folder)).sorted()
        }
        let names = try files("whole")
        #expect(try files("parts") == names)
        for name in names where name.hasSuffix(".safetensors") || name.hasSuffix(".png") || name == "validation.csv" {
            #expect(try tiny.folder.bytes(of: "parts/" + name) == tiny.folder.bytes(of: "whole/" + name), "\(name)")
        }
        func log(_ folder: String) throws -> [[Substring]] {
            String(decoding: try tiny.folder.bytes(of: folder + "/log.csv"), as: UTF8.self)
                .split(separator: "\n").map { $0.split(separator: ",").dropLast(2) }
        }
        #expect(try log("parts") == log("whole"))
    }

    /// Two signals at once are one wish: a terminal and a program around this one may both send it.
    @Test(arguments: [1, 2]) func signalsSaveAndStop(_ count: Int) throws {
        let program = try Program()
        let tiny = try TinyRecipe()
        let process = try program.start(
            ["train", tiny.path, "--out", tiny.folder("run"), "--set", "training.steps=1000000"])
        while !tiny.folder.exists("run/log.csv") && process.isRunning { usleep(10_000) }
        usleep(100_000)
        for _ in 0..<count {
            kill(process.processIdentifier, SIGTERM)
            // Long enough for the first to be noticed.
            usleep(10_000)
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGTERM)
        let step = try Checkpoint(path: tiny.folder("run/checkpoint.safetensors")).step
        let log = String(decoding: try tiny.folder.bytes(of: "run/log.csv"), as: UTF8.self)
        #expect(log.split(separator: "\n").last?.hasPrefix("\(step),") == true)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func aConversionThatIsEndedLeavesNothingBehind(_ signal: Int32) throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder("out"), withIntermediateDirectories: true)
        let size = 1 << 25
        let entries = (0..<8).map { index in
            #""\#(index)":{"dtype":"U8","shape":[\#(size)],"data_offsets":[\#(index * size),\#((index + 1) * size)]}"#
        }
        let header = Data("{\(entries.joined(separator: ","))}".utf8)
        let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
        try (length + header).write(to: URL(fileURLWithPath: folder("large.safetensors")))
        // The rest is a hole, which reads as zeros.
        truncate(folder("large.safetensors"), 8 + header.count + 8 * size)
        let process = try Program().start(["convert", folder("large.safetensors"), folder("out/copy.safetensors")])
        func written() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder("out")) }
        while try written().isEmpty && process.isRunning { usleep(1000) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + signal && process.terminationReason == .exit)
        #expect(try written() == [])
    }

    @Test func aWriteThatFailsIsOneLine() throws {
        let tiny = try TinyRecipe()
        let path = try Program().path
        // The checkpoint would be larger than files may become.
        let command = "ulimit -f 40; trap '' XFSZ; exec '\(path)' train '\(tiny.path)' --out '\(tiny.folder("run"))'"
        let (exitCode, messages) = try Program(path: "/bin/bash").run(["-c", command])
        #expect(exitCode == 1)
        let error = try #require(messages.split(separator: "\n").last)
        for words in ["error: cannot write ", "run/checkpoint.safetensors", "after step 5, no checkpoint"] {
            #expect(error.contains(words), "\(error)")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: tiny.folder("run"))
        #expect(!left.contains { $0.hasSuffix(".tmp") || $0 == "checkpoint.safetensors" }, "\(left)")
    }

    @Test func aDivergingRunIsOneLine() throws {
        let tiny = try TinyRecipe()
        let outcome = try CommandLineSession().run(
            "train", tiny.path, "--out", tiny.folder("run"), "--set", "training.steps=2000", "--set",
            "training.optimizer.learningRate=10", "--set", "training.optimizer.epsilon=1", "--set",
            "training.checkpointEvery=1", "--set", "training.optimizer.beta1=0", "--set",
            "training.optimizer.weightDecay=10")
        #expect(outcome.exitCode == 1, "\(outcome.output)")
        let error = try #require(outcome.messages.split(separator: "\n").last)
        for words in ["error: ", "at step ", "is kept"] { #expect(error.contains(words), "\(error)") }
        let checkpoint = try Checkpoint(path: tiny.folder("run/checkpoint.safetensors"))
        for name in checkpoint.file.names {
            #expect(try checkpoint.file.float32(of: name).allSatisfy(\.isFinite), "\(name)")
        }
    }

    @Test func anotherProcessIsRefused() throws {
        let program = try Program()
        let tiny = try TinyRecipe()
        let words = ["train", tiny.path, "--out", tiny.folder("run"), "--set", "training.steps=1000000"]
        let process = try program.start(words)
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        while !tiny.folder.exists("run/log.csv") && process.isRunning { usleep(10_000) }
        let (exitCode, messages) = try program.run(words)
        #expect(exitCode == 2)
        #expect(messages.contains("process \(process.processIdentifier)"), "\(messages)")
        #expect(messages.split(separator: "\n").count == 1)
    }
}
