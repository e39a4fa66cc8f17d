import Foundation
import SwiffuseIO
import SwiffuseTraining
import Testing

@Suite struct AsyncTrainingTests {
    @Test func eventsArriveInOrder() async throws {
        let tiny = try TinyRun("{steps: 4, ema: []}")
        var steps: [Int] = []
        for try await event in try tiny.open("run").events() {
            if case .stepped(let report, _) = event { steps.append(report.step) }
        }
        #expect(steps == [1, 2, 3, 4])
        #expect(try Checkpoint(path: tiny.folder("run").checkpointPath).step == 4)
    }

    @Test func cancellingATaskSavesAndStops() async throws {
        let tiny = try TinyRun("{steps: 1000000, ema: [], tensorBoard: false}")
        let run = try tiny.open("run")
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await run.finish { event in
                if case .stepped = event { continuation.yield() }
            }
        }
        for await _ in stream { break }
        task.cancel()
        let ended = try await task.value
        #expect(ended.loop.state.step >= 1 && !ended.loop.isFinished)
        #expect(ended.savedStep == ended.loop.state.step)
        #expect(try Checkpoint(path: tiny.folder("run").checkpointPath).step == ended.loop.state.step)
    }

    @Test func failuresArriveAsErrors() async throws {
        let tiny = try TinyRun("{steps: 1000000, ema: [], tensorBoard: false}")
        let images = tiny.path + "/images"
        var loading = LoadingOptions()
        loading.cache = .none
        let run = try tiny.open("run", loading: loading)
        await #expect(throws: TrainingInterruption.self) {
            for try await event in run.events() {
                if case .stepped = event { try? FileManager.default.removeItem(atPath: images) }
            }
        }
    }
}
