import Foundation
import Swiffuse
import SwiffuseCommands
import Testing

/// What the articles show is code that is compiled, recipes that are read, and commands that exist.
@Suite struct ArticleTests {
    static let articles = [
        "ComposeAModel", "WriteAPlugin", "AddAnOp", "AddABackend", "ComingFromPyTorch", "Architecture", "Swiffuse",
    ]

    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Each sample follows a comment that names the file it comes from, where its lines stand together.
    @Test(arguments: articles) func samplesAreCompiledCode(_ article: String) throws {
        let parts = try text(article).components(separatedBy: "```swift\n")
        for (before, after) in zip(parts, parts.dropFirst()) {
            let sample = lines(after.components(separatedBy: "```")[0])
            let comment = try #require(lines(before).last)
            try #require(comment.hasPrefix("<!-- ") && comment.hasSuffix(" -->"), "\(article): \(sample.first ?? "")")
            let path = String(comment.dropFirst(5).dropLast(4))
            let source = lines(try String(contentsOfFile: root + "/" + path, encoding: .utf8))
            let isThere = source.indices.contains { source[$0...].starts(with: sample) }
            #expect(!sample.isEmpty && isThere, "\(article): \(sample.first ?? "") is not in \(path)")
        }
    }

    @Test(arguments: articles) func recipesAreRead(_ article: String) throws {
        let registry = try Registry.standard
        for part in try text(article).components(separatedBy: "```yaml\n").dropFirst() {
            let yaml = part.components(separatedBy: "```")[0]
            _ = try Recipe(yaml: yaml.contains("backbone:") ? yaml : yaml + "\nbackbone: dit\n", registry: registry)
        }
    }

    @Test(arguments: articles) func commandsExist(_ article: String) throws {
        let help = try CommandLineSession().run("--help").output
        for part in try text(article).components(separatedBy: "```sh\n").dropFirst() {
            for line in part.components(separatedBy: "```")[0].split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.first == "swiffuse" else { continue }
                #expect(help.contains("  \(words[1]) "), "\(article): \(line)")
            }
        }
    }

    @Test func everyExpressionOfThePyTorchTableIsTested() throws {
        let tested = try String(contentsOfFile: root + "/Tests/Plugins/PyTorchTableTests.swift", encoding: .utf8)
        let rows = lines(try text("ComingFromPyTorch")).filter { $0.hasPrefix("| `") && !$0.contains("`swiffuse ") }
        #expect(rows.count > 30)
        for row in rows {
            let cell = try #require(row.split(separator: "|").last)
            let pieces = cell.split(separator: "`", omittingEmptySubsequences: false)
            for index in stride(from: 1, to: pieces.count, by: 2) {
                #expect(tested.contains(pieces[index]), "\(pieces[index])")
            }
        }
    }

    @Test func theRecipeReferenceIsWhatTheCommandPrints() throws {
        let outcome = try CommandLineSession().run("components", "--reference", "--sources", root)
        #expect(outcome.exitCode == 0)
        let page = try text("RecipeReference")
        #expect(
            page == outcome.output,
            "write it anew: make reference")
    }

    @Test func theReferenceListsEveryPartOfAPlugin() throws {
        var session = CommandLineSession()
        session.plugins = [SpiralPlugin()]
        let page = try session.run("components", "--reference").output
        #expect(page.contains("| `spiral` | a small network over patches | spiral |"))
        #expect(page.contains("### spiral\n\n| setting | default |\n| --- | --- |\n| `patchSize` | `4` |\n"))
        #expect(try session.run("components", "--reference", "solver").exitCode == 2)
        #expect(try session.run("components", "--sources", root).exitCode == 2)
        #expect(try session.run("components", "--reference", "--sources", root + "/.ci").exitCode == 2)
    }

    @Test func commentsBecomeMeanings() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder("Sources"), withIntermediateDirectories: true)
        let source = try String(
            contentsOfFile: root + "/Tests/CommandLine/NewPlugin/SpiralBackbone.swift", encoding: .utf8)
        _ = try folder.write(source, to: "Sources/SpiralBackbone.swift")
        var session = CommandLineSession()
        session.plugins = [SpiralPlugin()]
        let page = try session.run("components", "--reference", "--sources", folder.path).output
        #expect(page.contains("| `patchSize` | `4` | Side of a patch in pixels. |\n"))
    }

    @Test func meaningsListValuesButNoLinesOfASwitch() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder("Sources"), withIntermediateDirectories: true)
        let source = """
            public struct SpiralBackbone {
                /// What it is for.
                public struct Configuration {
                    /// Which way it turns.
                    public var patchSize = Turn.left
                    enum Turn: String {
                        case left, right = "to-the-right"
                        case straight
                        var name: String {
                            switch self {
                            case .left: "left"
                            case .right: name(of: 1)
                            case let other: "\\(other)"
                            }
                        }
                    }
                }
            }
            """
        _ = try folder.write(source, to: "Sources/Spiral.swift")
        var session = CommandLineSession()
        session.plugins = [SpiralPlugin()]
        let page = try session.run("components", "--reference", "--sources", folder.path).output
        #expect(page.contains("| `patchSize` | `4` | Which way it turns. (`left`, `to-the-right`, `straight`) |\n"))
    }

    /// A setting without a meaning is one whose field lacks a comment.
    @Test func everySettingHasAMeaning() throws {
        let rows = lines(try text("RecipeReference")).filter { $0.hasPrefix("| `") }
        #expect(rows.count > 150)
        for row in rows { #expect(!row.hasSuffix("|  |"), "\(row)") }
    }

    private func text(_ article: String) throws -> String {
        try String(contentsOfFile: root + "/Sources/Swiffuse/Swiffuse.docc/\(article).md", encoding: .utf8)
    }

    /// Lines without the spaces around them; empty ones are left out.
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
