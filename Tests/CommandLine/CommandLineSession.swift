import Foundation
import Swiffuse
import SwiffuseCommands

/// What a command said and how it ended.
struct CommandOutcome {
    let exitCode: Int32
    let output: String
    let messages: String
}

/// Runs commands as the program does, but inside the test.
struct CommandLineSession {
    var devices = DeviceChoice.standard
    var plugins: [any Plugin] = []

    func run(_ arguments: String...) throws -> CommandOutcome { try run(arguments) }

    func run(_ arguments: [String]) throws -> CommandOutcome {
        let output = Recording()
        let messages = Recording()
        let environment = CommandEnvironment(
            registry: try .standard(adding: plugins), devices: devices, output: TextOutput { output.append($0) },
            messages: TextOutput { messages.append($0) })
        let exitCode = SwiffuseCommandLine.run(arguments, in: environment)
        return CommandOutcome(exitCode: exitCode, output: output.text, messages: messages.text)
    }
}

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("swiffuse-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A path inside.
    func callAsFunction(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: self(name), atomically: true, encoding: .utf8)
        return self(name)
    }

    func bytes(of name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: self(name)))) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }
}

/// A recipe that trains in milliseconds on a few pictures that lie beside it.
struct TinyRecipe {
    let folder: TemporaryFolder
    let path: String

    /// Writes pictures of two classes, `dark` and `light`, and the recipe.
    init() throws {
        folder = try TemporaryFolder()
        for (name, base) in [("dark", 30), ("light", 190)] {
            try FileManager.default.createDirectory(atPath: folder("images/\(name)"), withIntermediateDirectories: true)
            for number in 0..<3 {
                let pixels = (0..<144).map { UInt8(base + number * 5 + $0 % 7) }
                try PNG.write(
                    ImageBuffer(width: 12, height: 12, channels: 1, pixels: pixels),
                    to: folder("images/\(name)/\(number).png"))
            }
        }
        path = try folder.write(
            """
            name: tiny
            image: { channels: 1, height: 12, width: 12 }
            classes: 2
            data: { type: class-folders, folder: "\(folder("images"))" }
            backbone:
              { type: jit, patchSize: 4, hiddenSize: 24, depth: 4, headCount: 3, bottleneckSize: 6,
                inContextLength: 2, inContextStart: 1, projectionDropout: 0.2 }
            training: { batchSize: 3, steps: 5, ema: [0.9, 0.5], logEvery: 1, optimizer: { learningRate: 0.01 } }
            sampling: { grid: { steps: 3 }, seed: 4 }
            """, to: "recipe.yaml")
    }

    /// Trains into a folder named `name`; returns its path.
    func train(into name: String, _ further: String...) throws -> String {
        let outcome = try CommandLineSession().run(["train", path, "--out", folder(name)] + further)
        guard outcome.exitCode == 0 else { throw Failed(messages: outcome.messages) }
        return folder(name)
    }

    struct Failed: Error {
        let messages: String
    }
}
