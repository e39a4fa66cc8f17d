import Swiffuse
import SwiffuseCommands
import Testing

/// Every mistake of a user's ends with exit code 2 and one line that helps.
@Suite struct UserMistakeTests {
    static let mistakes: [(arguments: [String], words: [String])] = [
        (["nonsense"], ["nonsense"]),
        (["train"], ["<recipe>", "swiffuse train --help"]),
        (["train", "fashion-mnist"], ["--out"]),
        (["train", "fashion-mnst", "--out", "x"], ["did you mean fashion-mnist?"]),
        (["train", "missing/recipe.yaml", "--out", "x"], ["missing/recipe.yaml", "no such file"]),
        (["train", "fashion-mnist", "--out", "x", "--resume", "--overwrite"], ["--resume", "--overwrite"]),
        (
            ["train", "fashion-mnist", "--out", "x", "--set", "training.stepz=3"],
            ["training.stepz", "did you mean steps?"]
        ),
        (["train", "fashion-mnist", "--out", "x", "--set", "training.steps"], ["path=value"]),
        (["train", "fashion-mnist", "--out", "x", "--device", "gpu"], ["gpu", "known: cpu"]),
        (["train", "fashion-mnist", "--out", "x", "--threads", "0"], ["--threads", "1 to"]),
        (["train", "fashion-mnist", "--out", "x", "--memory-limit", "nan"], ["--memory-limit"]),
        (
            ["train", "fashion-mnist", "--out", "x", "--vulkan-matrices", "f8"],
            ["--vulkan-matrices", "float32, float16"]
        ),
        (["train", "fashion-mnist", "--out", "x", "--vulkan-matrices", "float16"], ["--vulkan-matrices", "--device"]),
        (["train", "fashion-mnist", "--out", "x", "--resume", "--set", "data.folder=/nowhere"], ["x"]),
        (["check", "jit-b-16", "--set", "backbone.patchSize=7"], ["backbone.patchSize", "divisor"]),
        (["check", "jit-b-16", "--set", "backbone.type=unet"], ["backbone.type", "known: jit"]),
        (["check", "/"], ["/"]),
        (["components", "solvers"], ["solvers", "solver"]),
        (["components", "solver", "hun"], ["did you mean heun?"]),
        (["components", "preset", "jit-b-8"], ["jit-b-8", "known:"]),
        (["sample", "missing"], ["missing", "No such file"]),
        (["sample", "missing", "--count", "0"], ["--count", "1 to 10000000"]),
        (["sample", "missing", "--count=-3"], ["--count", "1 to 10000000"]),
        (["sample", "missing", "--seed=-1"], ["--seed", "0 or more"]),
        (["sample", "missing", "--steps", "0"], ["--steps", "1 to 10000"]),
        (["sample", "missing", "--interval", "0.9,0.1"], ["--interval", "0.1,0.9"]),
        (["sample", "missing", "--ema", "best"], ["--ema", "raw"]),
        (["sample", "missing", "--batch-size", "0"], ["--batch-size"]),
        (["sample", "missing", "--weight-storage", "f8"], ["--weight-storage", "float32, float16"]),
        (["verify", "missing"], ["missing"]),
        (["bench", "speed"], ["speed", "train-step"]),
        (["bench", "--size", "XXL"], ["XXL", "tiny"]),
        (["bench", "--repeat", "0"], ["--repeat", "1 to"]),
        (["devices", "--product", "8x8"], ["--product", "8x8"]),
        (["devices", "--product", "8x0x8"], ["--product", "8x0x8"]),
        (["bench", "--set", "classes=3"], ["--set", "--recipe"]),
        (["bench", "ops", "--recipe", "fashion-mnist"], ["ops", "--recipe", "train-step"]),
        (["bench", "--recipe", "fashion-mnits"], ["fashion-mnits", "fashion-mnist"]),
    ]

    @Test(arguments: mistakes.indices) func mistakeIsExplainedInOneLine(_ index: Int) throws {
        let (arguments, words) = Self.mistakes[index]
        let outcome = try CommandLineSession().run(arguments)
        #expect(outcome.exitCode == 2, "\(arguments): \(outcome.messages)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.messages.hasPrefix("error: ") && outcome.messages.hasSuffix("\n"))
        #expect(outcome.messages.split(separator: "\n").count == 1, "\(outcome.messages)")
        for word in words { #expect(outcome.messages.contains(word), "\(arguments): \(outcome.messages)") }
        for name in ["RecipeError", "FileError", "Optional(", "Swiffuse."] {
            #expect(!outcome.messages.contains(name), "\(outcome.messages)")
        }
    }

    @Test func damagedCheckpointsAreRefused() throws {
        let folder = try TemporaryFolder()
        for text in ["", "{}", "not a checkpoint at all", String(repeating: "\u{7F}", count: 4000)] {
            let outcome = try CommandLineSession().run("sample", try folder.write(text, to: "checkpoint.safetensors"))
            #expect(outcome.exitCode == 2)
            #expect(outcome.messages.contains("checkpoint.safetensors"))
        }
    }

    @Test func recipeThatIsNotTextIsRefused() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write([0xFF, 0xFE, 0x00, 0x80], to: folder("recipe.yaml"))
        let outcome = try CommandLineSession().run("check", folder("recipe.yaml"))
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains("UTF-8"))
    }

    @Test func failureOfTheMachineIsExitCodeOne() throws {
        var session = CommandLineSession()
        session.devices.append(
            DeviceChoice(name: "broken", summary: "never there") { _ throws(DeviceError) in
                throw .unavailable(device: "broken", reason: "it is only a test")
            })
        let outcome = try session.run("bench", "forward", "--device", "broken")
        #expect(outcome.exitCode == 1)
        #expect(outcome.messages.contains("it is only a test"))
    }
}
