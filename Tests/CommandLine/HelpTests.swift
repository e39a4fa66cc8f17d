import SwiffuseCommands
import Testing

@Suite struct HelpTests {
    static let commands = [
        "train", "sample", "info", "convert", "check", "components", "new-plugin", "devices",
        "verify", "bench",
    ]

    @Test func programWithoutArgumentsExplainsItself() throws {
        let outcome = try CommandLineSession().run()
        #expect(outcome.exitCode == 0)
        for command in Self.commands { #expect(outcome.output.contains("  \(command) "), "\(command)") }
    }

    @Test(arguments: commands) func helpShowsExamplesThatAreNotWrapped(_ command: String) throws {
        let outcome = try CommandLineSession().run(command, "--help")
        #expect(outcome.exitCode == 0 && outcome.messages.isEmpty)
        #expect(outcome.output.contains("USAGE: swiffuse \(command)"))
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "Examples:"))
        let examples = lines[(start + 1)...].prefix { !$0.isEmpty }
        #expect(!examples.isEmpty)
        for example in examples { #expect(example.hasPrefix("  swiffuse \(command)"), "wrapped: \(example)") }
    }

    @Test func versionIsPrinted() throws {
        let outcome = try CommandLineSession().run("--version")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.split(separator: ".").count == 3)
    }
}
