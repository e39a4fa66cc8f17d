import Foundation
import Testing

/// The README's program is the one that Examples/Quickstart builds.
@Suite struct ReadmeTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func theProgramInTheReadmeIsTheQuickstart() throws {
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let program = try String(
            contentsOf: root.appendingPathComponent("Examples/Quickstart/main.swift"), encoding: .utf8)
        let block = try #require(readme.components(separatedBy: "```swift\n").dropFirst().first)
            .components(separatedBy: "```")[0]
        let lines = block.split(separator: "\n")
        #expect(lines.count > 20 && lines.count < 40)
        let known = Set(program.split(separator: "\n"))
        for line in lines { #expect(known.contains(line)) }
    }
}
