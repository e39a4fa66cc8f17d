import ArgumentParser
import Foundation
import SwiffuseIO

/// Writes a package with a backbone of its own.
struct NewPluginCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-plugin",
        abstract: "Write a package with a backbone of your own and the whole command line for it.",
        discussion: """
            The package builds, passes its tests (the conformance kit of backbones), and trains: a place to start from. \
            Its library can be used by other programs as well.

            Examples:
              swiffuse new-plugin ring-mixer --swiffuse-path ~/swiffuse
              swiffuse new-plugin ring --swiffuse-url https://example.org/swiffuse.git
            """)

    @Argument(help: "The plugin's name: lowercase words joined by dashes.")
    var name: String

    @Option(help: ArgumentHelp("The folder to make; by default the name, here.", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("A clone of Swiffuse that the package builds on.", valueName: "folder"))
    var swiffusePath: String?

    @Option(help: ArgumentHelp("A repository of Swiffuse that the package builds on.", valueName: "url"))
    var swiffuseUrl: String?

    @Option(
        help: ArgumentHelp("With a url: the lowest version; without it, the branch main.", valueName: "version"))
    var swiffuseVersion: String?

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let name = try PluginName(name, registry: environment.registry)
        let location = try SwiffuseLocation(path: swiffusePath, url: swiffuseUrl, version: swiffuseVersion)
        let folder = out ?? name.key
        guard access(folder, F_OK) != 0 else {
            throw UserError("\(folder) is there already; choose another name or --out")
        }
        for file in PluginTemplate(name: name, location: location).files {
            let path = folder + "/" + file.path
            try makeFolder(of: path)
            try AtomicFile.write(Array(file.text.utf8), to: path)
            environment.say("wrote \(path)")
        }
        environment.say("next: cd \(ShellWord.quoted(folder)) && swift test -c release")
        return 0
    }

    private func makeFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw UserError("cannot make the folder \(folder): \(error.localizedDescription); choose another --out")
        }
    }
}
