import Foundation
import SwiffuseCommands
import Testing

/// `swiffuse new-plugin` writes the package whose sources stand in `NewPlugin`, where they are compiled and tested.
@Suite struct NewPluginTests {
    private let folder: TemporaryFolder
    private let clone: String
    private let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/NewPlugin"

    init() throws {
        folder = try TemporaryFolder()
        clone = folder("a \"clone\"")
        try FileManager.default.createDirectory(atPath: clone, withIntermediateDirectories: true)
        _ = try folder.write("let package = Package(name: \"swiffuse\")", to: "a \"clone\"/Package.swift")
    }

    @Test func theSourcesAreThoseThatAreTested() throws {
        _ = try write("spiral")
        for (path, copy) in [
            ("Sources/SpiralParts/SpiralBackbone.swift", "SpiralBackbone.swift"),
            ("Sources/SpiralParts/SpiralBlock.swift", "SpiralBlock.swift"),
            ("Sources/SpiralParts/SpiralPlugin.swift", "SpiralPlugin.swift"),
            ("Tests/SpiralPartsTests/SpiralTests.swift", "SpiralTests.swift"),
        ] {
            let text = try text("spiral/" + path)
            let own = text.hasPrefix("import SpiralParts\n") ? String(text.dropFirst(19)) : text
            #expect(own == (try String(contentsOfFile: sources + "/" + copy, encoding: .utf8)), "\(path)")
        }
    }

    @Test func theNameIsUsedThroughout() throws {
        let outcome = try write("ring-mixer")
        #expect(outcome.output.contains("wrote \(folder("ring-mixer"))/Package.swift"))
        let package = try text("ring-mixer/Package.swift")
        for part in [
            "name: \"ring-mixer\"", "\"RingMixerParts\"", "targets: [\"RingMixerTool\"]",
            ".package(name: \"swiffuse\", path: \"\(folder.path)/a \\\"clone\\\"\")",
        ] { #expect(package.contains(part), "\(part)") }
        #expect(
            try text("ring-mixer/Sources/RingMixerTool/main.swift")
                == """
                import RingMixerParts
                import SwiffuseCommands

                SwiffuseCommandLine.main(plugins: [RingMixerPlugin()])

                """)
        #expect(try text("ring-mixer/Sources/RingMixerParts/RingMixerBackbone.swift").contains("key = \"ring-mixer\""))
        #expect(try text("ring-mixer/README.md").contains("train fashion-mnist-ring-mixer --out run"))
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder("ring-mixer")) {
            #expect(!path.lowercased().contains("spiral") && !path.contains("\\"))
        }
    }

    @Test func aRepositoryCanBeNamed() throws {
        let url = "https://example.org/models/Swiffuse-Fork.git"
        let outcome = try run(
            "new-plugin", "ring", "--out", folder("ring"), "--swiffuse-url", url, "--swiffuse-version", "1.2.3")
        #expect(outcome.exitCode == 0)
        let package = try text("ring/Package.swift")
        #expect(package.contains(".package(url: \"\(url)\", from: \"1.2.3\")"))
        #expect(package.contains("package: \"Swiffuse-Fork\""))
    }

    @Test(arguments: [
        "", "Ring", "ring_mixer", "ring--mixer", "-ring", "ring-", "2d", "ring-2d", "../ring", "ring/mixer", "röhre",
        "ring mixer", String(repeating: "a", count: 41),
    ])
    func badNamesAreRefused(_ name: String) throws {
        let outcome = try run("new-plugin", "--out", folder("x"), "--swiffuse-path", clone, "--", name)
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains("as in ring-mixer"))
        #expect(!folder.exists("x"))
    }

    @Test(arguments: ["jit", "heun", "fashion-mnist", "standard", "swiffuse", "pix-nerd", "ji-t", "yams"])
    func takenNamesAreRefused(_ name: String) throws {
        let outcome = try run("new-plugin", name, "--out", folder("x"), "--swiffuse-path", clone)
        #expect(outcome.exitCode == 2 && outcome.messages.contains("\(name) is taken"))
    }

    @Test func mistakesAreExplained() throws {
        let (x, there) = (folder("x"), try folder.write("mine", to: "there"))
        for (arguments, word) in [
            (["--out", x], "--swiffuse-path"),
            (["--out", x, "--swiffuse-path", folder("none")], "no Package.swift"),
            (["--out", x, "--swiffuse-path", clone, "--swiffuse-url", "https://example.org/swiffuse"], "two places"),
            (["--out", x, "--swiffuse-path", clone, "--swiffuse-version", "0.1.0"], "--swiffuse-url"),
            (["--out", x, "--swiffuse-url", "swiffuse"], "no address"),
            (["--out", x, "--swiffuse-url", "https://example.org/a\"b"], "no address"),
            (["--out", x, "--swiffuse-url", "https://example.org/swiffuse", "--swiffuse-version", "new"], "0.1.0"),
            (["--out", there, "--swiffuse-path", clone], "is there already"),
            (["--out", there + "/x", "--swiffuse-path", clone], "cannot make the folder"),
        ] {
            let outcome = try CommandLineSession().run(["new-plugin", "ring"] + arguments)
            #expect(outcome.exitCode == 2 && outcome.messages.contains(word), "\(arguments): \(outcome.messages)")
            #expect(outcome.messages.split(separator: "\n").count == 1)
        }
        #expect(try text("there") == "mine" && !folder.exists("x"))
    }

    private func write(_ name: String) throws -> CommandOutcome {
        let outcome = try run("new-plugin", name, "--out", folder(name), "--swiffuse-path", clone)
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        return outcome
    }

    private func run(_ arguments: String...) throws -> CommandOutcome { try CommandLineSession().run(arguments) }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: folder(name), encoding: .utf8) }
}
