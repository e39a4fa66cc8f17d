import Foundation
import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseTraining
import Testing

@Suite struct RunFolderTests {
    @Test func twoTrainersOnOneFolderAreRefused() throws {
        let tiny = try TinyRun("{steps: 1, ema: []}")
        var first: TrainingRun? = try tiny.open("run")
        let taken = TrainingError.inUse(path: tiny.folder("run").path, process: getpid())
        #expect(throws: taken) { try tiny.open("run") }
        #expect(throws: taken) { try tiny.open("run", .overwriting) }
        #expect(taken.description.contains("process \(getpid())"))
        try first?.run()
        #expect(throws: taken) { try tiny.open("run", .resuming) }
        first = nil
        _ = try tiny.open("run", .resuming)
    }

    @Test func whatAKilledRunLeftHalfWrittenIsRemoved() throws {
        let tiny = try TinyRun("{steps: 2, ema: []}")
        try tiny.train("run", until: 1)
        for name in [".swiffuse-1-abc.tmp", "samples/.swiffuse-2-x.tmp"] {
            #expect(FileManager.default.createFile(atPath: tiny.path + "/run/" + name, contents: Data([1, 2])))
        }
        // One that somebody is writing stays.
        let busy = try AtomicFile(path: tiny.path + "/run/other.png")
        try tiny.train("run", .resuming)
        #expect(try tiny.names("run/samples").isEmpty)
        #expect(try tiny.names("run").filter { $0.hasSuffix(".tmp") }.count == 1)
        _ = consume busy
        #expect(try tiny.names("run").filter { $0.hasSuffix(".tmp") }.isEmpty)
    }

    @Test func lastAndEveryNthCheckpointAreKept() throws {
        let tiny = try TinyRun("{steps: 13, ema: [], checkpointEvery: 2, keep: {last: 2, every: 4}}")
        try tiny.train("run")
        #expect(try tiny.folder("run").numberedCheckpoints() == [4, 8, 12, 13])
        #expect(try Checkpoint(path: tiny.folder("run").checkpointPath(step: 8)).step == 8)
        #expect(try tiny.bytes("run/checkpoints/step-0000013.safetensors") == tiny.bytes("run/checkpoint.safetensors"))
        #expect(try tiny.names("run/checkpoints").count == 4)
    }

    @Test func aRunSetBackKeepsItsOwnCheckpoints() throws {
        let tiny = try TinyRun("{steps: 8, ema: [], checkpointEvery: 2, keep: {last: 2}}")
        try tiny.train("run")
        let folder = tiny.folder("run")
        #expect(try folder.numberedCheckpoints() == [6, 8])
        let last = try tiny.bytes("run/checkpoint.safetensors")
        try AtomicFile.copy(folder.checkpointPath(step: 6), to: folder.checkpointPath)
        try tiny.train("run", .resuming, until: 7)
        #expect(try folder.numberedCheckpoints() == [6, 7, 8])
        try tiny.train("run", .resuming)
        #expect(try folder.numberedCheckpoints() == [7, 8])
        #expect(try tiny.bytes("run/checkpoint.safetensors") == last)
        try FileManager.default.removeItem(atPath: folder.checkpointPath)
        #expect(throws: TrainingError.occupied(path: folder.path)) { try tiny.open("run") }
    }

    @Test func leftoversOfARunWithoutCheckpointAreRemoved() throws {
        let tiny = try TinyRun("{steps: 4, ema: [], sampleEvery: 2, emaSnapshots: {lengths: [0.1], every: 2}}")
        try tiny.train("run")
        try FileManager.default.removeItem(atPath: tiny.folder("run").checkpointPath)
        _ = try tiny.open("run")
        #expect(try tiny.names("run/samples").isEmpty && tiny.names("run/snapshots").isEmpty)
    }

    @Test func aNumberLostToAKillIsKeptWhenTheRunGoesOn() throws {
        let tiny = try TinyRun("{steps: 6, ema: [], checkpointEvery: 2, keep: {every: 2}}")
        try tiny.train("run", until: 4)
        try FileManager.default.removeItem(atPath: tiny.folder("run").checkpointPath(step: 4))
        try tiny.train("run", .resuming)
        #expect(try tiny.folder("run").numberedCheckpoints() == [2, 4, 6])
    }

    @Test func keepingNeedsCheckpointsToKeep() throws {
        let error = #expect(throws: RecipeError.self) { try TinyRun("{checkpointEvery: 4, keep: {every: 6}}") }
        #expect(error?.path == "training.keep.every")
    }

    @Test func theFirstLineAfterResumingIsThatOfAWholeRun() throws {
        let tiny = try TinyRun("{steps: 9, ema: [], logEvery: 4}")
        try tiny.train("whole")
        try tiny.train("parts", until: 3)
        try tiny.train("parts", .resuming, until: 6)
        try tiny.train("parts", .resuming)
        // All but the speed and the waiting, which are a matter of time.
        func columns(_ run: String) throws -> [[Substring]] {
            try tiny.lines(run + "/log.csv").map { $0.split(separator: ",").dropLast(2) }
        }
        #expect(try columns("parts") == columns("whole"))
        #expect(try columns("whole").map { $0[0] } == ["step", "4", "8", "9"])
        #expect(try tiny.bytes("parts/checkpoint.safetensors") == tiny.bytes("whole/checkpoint.safetensors"))
    }

    @Test func anUnfinishedLineOfTheLogIsCutOff() throws {
        let tiny = try TinyRun("{steps: 3, ema: [], logEvery: 1}")
        try tiny.train("run", until: 2)
        let log = tiny.folder("run").logPath
        try AppendedFile.append(Array("1".utf8), to: log)
        try tiny.train("run", .resuming)
        #expect(try tiny.lines("run/log.csv").map { $0.split(separator: ",")[0] } == ["step", "1", "2", "3"])
    }

    @Test func theLinesOfAnOlderLogKeepWhatTheyHave() throws {
        let tiny = try TinyRun("{steps: 3, ema: [], logEvery: 1}")
        try tiny.train("run", until: 2)
        let header = "step,loss,gradient_norm,learning_rate,images_per_second,data_wait"
        let older = header + "\n1,0.5,7,0.25,3,0\n2,0.25,5,0.25,3,1\n"
        try AtomicFile.write(Array(older.utf8), to: tiny.folder("run").logPath)
        try tiny.train("run", .resuming)
        let lines = try tiny.lines("run/log.csv")
        #expect(
            lines.prefix(3) == [
                "step,loss,loss/clean-image,gradient_norm,learning_rate,images_per_second,data_wait",
                "1,0.5,,7,0.25,3,0", "2,0.25,,5,0.25,3,1",
            ])
        #expect(lines.count == 4 && lines[3].hasPrefix("3,"))
    }

    @Test func anOlderRecipeWithoutNewSettingsIsResumed() throws {
        let tiny = try TinyRun("{steps: 2, ema: []}")
        try tiny.train("run", until: 1)
        let path = tiny.folder("run").checkpointPath
        let file = try SafetensorsFile(path: path)
        var metadata = file.metadata
        var tree = try #require(try Checkpoint(path: path).recipeTree().map)
        var training = try #require(tree["training"]?.map)
        for key in ["validation", "keep", "emaSnapshots", "tensorBoard"] { training[key] = nil }
        tree["training"] = .map(training)
        metadata["swiffuse.recipe"] = RecipeValue.map(tree).canonicalJSON
        metadata["swiffuse.interval"] = nil
        var writer = try SafetensorsWriter(
            path: path,
            tensors: file.entries.map { SafetensorsSpec(name: $0.name, dtype: $0.dtype, shape: $0.shape) },
            metadata: metadata)
        for name in file.names { try writer.append(name, try file.float32(of: name)) }
        try writer.finish()
        try tiny.train("run", .resuming)
        #expect(try Checkpoint(path: path).step == 2)
    }
}
