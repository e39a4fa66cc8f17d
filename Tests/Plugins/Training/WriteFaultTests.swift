import Foundation
import SwiffuseIO
import SwiffuseTensor
import SwiffuseTraining
import Synchronization
import Testing

/// Whatever call of the operating system fails while a checkpoint is saved, the last good one stays.
@Suite struct WriteFaultTests {
    /// Lets one call fail and counts all of them.
    private final class Fault: Sendable {
        private let count = Mutex(0)
        private let failing: Int
        private let code: Int32

        init(failing: Int, code: Int32) {
            self.failing = failing
            self.code = code
        }

        var callCount: Int { count.withLock { $0 } }

        private func isNext() -> Bool {
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            if number == failing { errno = code }
            return number == failing
        }

        var calls: FileCalls {
            let system = FileCalls.system
            return FileCalls(
                create: { self.isNext() ? -1 : system.create($0) },
                // As a full disk does it: half is written first.
                write: { descriptor, bytes in
                    guard self.isNext() else { return system.write(descriptor, bytes) }
                    let code = errno
                    _ = system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)))
                    errno = code
                    return -1
                },
                synchronise: { self.isNext() ? -1 : system.synchronise($0) },
                rename: { self.isNext() ? -1 : system.rename($0, $1) })
        }
    }

    @Test(arguments: [ENOSPC, EIO, EPERM]) func everyFailingCallLeavesTheLastCheckpoint(_ code: Int32) throws {
        let tiny = try TinyRun("{steps: 2, ema: [0.9]}")
        try tiny.train("run", until: 1)
        let before = try tiny.bytes("run/checkpoint.safetensors")
        var run = try tiny.open("run", .resuming)
        _ = try run.run()
        let state = run.loop.state
        let after = try tiny.bytes("run/checkpoint.safetensors")
        let path = tiny.folder("run").checkpointPath
        let names = try tiny.names("run")

        let whole = Fault(failing: .max, code: code)
        try Checkpoint.write(state, of: tiny.recipe, interval: LossInterval(), to: path, calls: whole.calls)
        // One for the header and one for each tensor, besides create, sync, rename and sync of the folder.
        #expect(whole.callCount > 40)
        for number in 0..<whole.callCount {
            try before.write(to: URL(fileURLWithPath: path))
            let fault = Fault(failing: number, code: code)
            let error = #expect(throws: CheckpointError.self, "call \(number)") {
                try Checkpoint.write(state, of: tiny.recipe, interval: LossInterval(), to: path, calls: fault.calls)
            }
            guard case .file(let file) = error else {
                Issue.record("call \(number): \(String(describing: error))")
                continue
            }
            #expect(file.code == code)
            // The last call syncs the folder: the new file is then complete and in place.
            let isLast = number == whole.callCount - 1
            let found = try tiny.bytes("run/checkpoint.safetensors")
            #expect(found == before || (isLast && found.count == after.count), "call \(number)")
            #expect(try Checkpoint(path: path).step == (isLast ? 2 : 1))
            #expect(try tiny.names("run") == names, "call \(number)")
        }
    }

    @Test func aFullDiskWhileTrainingIsOneLineAndKeepsTheCheckpoint() throws {
        let tiny = try TinyRun("{steps: 6, ema: [], checkpointEvery: 2, logEvery: 1, tensorBoard: false}")
        var run = try tiny.open("run")
        let log = tiny.folder("run").logPath
        var error: (any Error)?
        do {
            try run.run(report: { event in
                guard case .saved = event else { return }
                // From now on, every line of the log meets a full disk.
                try? FileManager.default.removeItem(atPath: log)
                try? FileManager.default.createSymbolicLink(atPath: log, withDestinationPath: "/dev/full")
            })
        } catch let found { error = found }
        let interruption = try #require(error as? TrainingInterruption)
        #expect(interruption.savedStep == 2 && interruption.step == 3)
        #expect(interruption.cause as? FileError == FileError(.write, path: log, code: ENOSPC))
        #expect(
            "\(interruption)"
                == "cannot write \(log): No space left on device; free some space or choose another folder; "
                + "training ended after step 3, the checkpoint of step 2 is kept")
        #expect(try Checkpoint(path: tiny.folder("run").checkpointPath).step == 2)
    }

    @Test func aVanishedFolderStopsTrainingWithoutMakingItAgain() throws {
        let tiny = try TinyRun("{steps: 6, ema: [], checkpointEvery: 2, logEvery: 50, tensorBoard: false}")
        var run = try tiny.open("run")
        let folder = tiny.folder("run").path
        #expect(throws: TrainingInterruption.self) {
            try run.run(report: { event in
                if case .saved = event { try? FileManager.default.removeItem(atPath: folder) }
            })
        }
        #expect(run.loop.state.step == 4)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func vanishedPicturesStopTrainingAfterSaving() throws {
        let tiny = try TinyRun("{steps: 500, ema: [], tensorBoard: false}")
        var loading = LoadingOptions()
        loading.cache = .none
        var run = try tiny.open("run", loading: loading)
        let images = tiny.path + "/images"
        #expect(throws: TrainingInterruption.self) {
            try run.run(report: { event in
                if case .stepped(let report, _) = event, report.step == 2 {
                    try? FileManager.default.removeItem(atPath: images)
                }
            })
        }
        let step = run.loop.state.step
        #expect(step >= 2 && step < 500 && run.savedStep == step)
        #expect(try Checkpoint(path: tiny.folder("run").checkpointPath).step == step)
    }
}
