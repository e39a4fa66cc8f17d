import ArgumentParser
import Foundation
public import Swiffuse
public import SwiffuseTesting

/// The command line as a library: a program with its own parts gets all commands for them.
///
/// ```swift
/// import SwiffuseCommands
///
/// SwiffuseCommandLine.main(plugins: [MyPlugin()])
/// ```
public enum SwiffuseCommandLine {
    /// Runs the program's arguments and exits: 0 when all went well, 2 after a mistake of the user's, 1 after a failure
    /// of the machine.
    ///
    /// - Parameters:
    ///   - plugins: parts and presets besides those of this package.
    ///   - devices: what `--device` may name.
    ///   - checks: what `verify` compares with golden fixtures, besides the checks of this package.
    public static func main(
        plugins: [any Plugin] = [], devices: [DeviceChoice] = DeviceChoice.standard, checks: [any GoldenCheck] = []
    ) -> Never {
        // Writing to a pipe whose reader has gone must not end a training run.
        signal(SIGPIPE, SIG_IGN)
        // A limit on the size of files is an error of the write that meets it, with a message.
        signal(SIGXFSZ, SIG_IGN)
        do {
            let environment = CommandEnvironment(
                registry: try .standard(adding: plugins), devices: devices,
                checks: CommandEnvironment.standardChecks + checks)
            exit(run(Array(CommandLine.arguments.dropFirst()), in: environment))
        } catch {
            TextOutput.standardError.write("error: \(error)\n")
            exit(1)
        }
    }

    /// Runs a command.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit code.
    public static func run(_ arguments: [String], in environment: CommandEnvironment) -> Int32 {
        do {
            var command = try SwiffuseRoot.parseAsRoot(arguments)
            guard let known = command as? any SwiffuseCommand else {
                try command.run()
                return 0
            }
            return try known.run(in: environment)
        } catch {
            if SwiffuseRoot.exitCode(for: error).isSuccess {
                environment.output.write(SwiffuseRoot.fullMessage(for: error) + "\n")
                return 0
            }
            let failure = CommandFailure(error) {
                SwiffuseRoot.message(for: $0) + "; see 'swiffuse \(helpFor(arguments))--help'"
            }
            environment.messages.write("error: \(failure.message)\n")
            return failure.exitCode
        }
    }

    /// The command that the arguments name, and a space; empty if they name none.
    private static func helpFor(_ arguments: [String]) -> String {
        let names = SwiffuseRoot.configuration.subcommands.compactMap { $0.configuration.commandName }
        return arguments.first.flatMap { names.contains($0) ? $0 + " " : nil } ?? ""
    }
}

/// A command that works in an environment.
protocol SwiffuseCommand: ParsableCommand {
    /// Does the work; returns the exit code.
    func run(in environment: CommandEnvironment) throws -> Int32
}

/// The program itself: what stands before the commands.
struct SwiffuseRoot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiffuse",
        abstract: "Pixel-space diffusion: train, sample and examine models.",
        discussion: """
            A session:
              swiffuse train fashion-mnist --out run     trains a small model (minutes)
              swiffuse sample run --grid pictures.png    draws with it

            Recipes are YAML files or names of presets; see 'swiffuse components preset'.
            'swiffuse --generate-completion-script bash' (or zsh, fish) prints completions for a shell.
            Exit codes: 0 all went well, 2 a mistake in what was asked for, 1 a failure of the machine.
            """,
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, SampleCommand.self, EvaluateCommand.self, TrainEncoderCommand.self, InfoCommand.self,
            ConvertCommand.self, CheckCommand.self, DataCommand.self, ComponentsCommand.self, NewPluginCommand.self,
            DevicesCommand.self, VerifyCommand.self, BenchCommand.self,
        ])
}
