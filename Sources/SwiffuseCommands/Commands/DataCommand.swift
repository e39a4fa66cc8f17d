import ArgumentParser

/// Looks at training pictures.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Look at training pictures.", subcommands: [DataCheckCommand.self])
}
