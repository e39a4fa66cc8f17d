import ArgumentParser
import Foundation
import Swiffuse
import SwiffuseTesting

/// Compares the library with golden fixtures.
struct VerifyCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare the library with golden fixtures of the reference implementation.",
        discussion: """
            A fixture is a pair of files, NAME.json and NAME.safetensors. For each, the worst error of its outputs and \
            of its gradients is printed as max|a − b| / max|b| and as a share of what is allowed: up to 100 % passes. \
            Kinds that the library does not know are counted as unsupported and do not fail. Exit code 1 if any \
            fixture fails.

            Examples:
              swiffuse verify golden
              swiffuse verify golden --filter 'jit_*' --json
            """)

    @Argument(help: "The folder with the fixtures.")
    var folder: String

    @Option(help: ArgumentHelp("Only fixtures whose name matches, such as 'jit_*'.", valueName: "glob"))
    var filter = "*"

    @Flag(help: "Print JSON with the error of every tensor.")
    var json = false

    @OptionGroup(title: "Device options")
    var device: DeviceOptions

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let opened = try device.open(in: environment)
        let runner = GoldenRunner(checks: environment.checks, registry: environment.registry)
        var progress = ProgressLine(environment.messages)
        let report = try runner.run(folder: folder, filter: filter, on: opened) { fixture in
            progress.show("compared \(fixture.fixture)")
        }
        progress.finish()
        if json {
            environment.say(report.json)
        } else {
            for line in VerifyReport(report).lines { environment.say(line) }
        }
        return report.exitStatus
    }
}
