import SwiffuseDiffusion
import Testing

@Suite struct RecipeValueTests {
    @Test func plainScalarsFollowYAML12() throws {
        let tree = try RecipeValue(
            yaml: """
                whole: 12
                negative: -3
                real: 1e-4
                point: .5
                truth: true
                country: no
                word: linear
                quoted: "12"
                date: 2024-01-02
                empty:
                list: [1, 2.0, x]
                """)
        let expected: RecipeValue = [
            "whole": 12, "negative": -3, "real": 0.0001, "point": 0.5, "truth": true, "country": "no",
            "word": "linear", "quoted": "12", "date": "2024-01-02", "empty": .null, "list": [1, 2.0, "x"],
        ]
        #expect(tree == expected)
        #expect(tree.map?.keys.first == "whole" && tree.map?.keys.last == "list")
    }

    @Test(arguments: [
        #"{"a": {"b": [1, 2.5, true, null, "x: y # \"z\" \\ \n\t é 🐈"]}, "l": [{"k": 1, "l": {"m": []}}, [1, [2]]]}"#,
        "a: yes\nb: {}\nc: []\nd: '007'\n\"key with: colon\": 'null'\ne: 1.0\nf: -0.0\ng: '- x'\n",
    ])
    func textReadsBackEqual(text: String) throws {
        let tree = try RecipeValue(yaml: text)
        #expect(try RecipeValue(yaml: tree.yaml) == tree)
        #expect(try RecipeValue(yaml: tree.canonicalJSON) == tree)
    }

    @Test func canonicalJSONDoesNotDependOnOrder() throws {
        let first = try RecipeValue(yaml: "b: 1\na: {d: 0.1, c: 1.0}")
        let second = try RecipeValue(yaml: "a: {c: 1.0, d: 0.1}\nb: 1")
        #expect(first.canonicalJSON == #"{"a": {"c": 1.0,"d": 0.1},"b": 1}"#)
        #expect(first.canonicalJSON == second.canonicalJSON)
    }

    @Test func mapsKeepTheirOrder() throws {
        #expect(try RecipeValue(yaml: "z: 1\na: [x, 2]\nm:\n  q: 0.5\n").yaml == "z: 1\na: [x, 2]\nm:\n  q: 0.5\n")
    }

    @Test(arguments: [
        "a: 1\na: 2", "a: [1, 2", "a: &x 1\nb: *x", "a: *x", "a: !!python/object:os.system ls", "? [1]\n: 2",
        "a: 1\n---\nb: 2", "a: 1e999", "\u{1}", "{a: 1}}",
    ])
    func malformedTextIsRefused(text: String) {
        #expect(throws: RecipeError.self) { try RecipeValue(yaml: text) }
    }

    @Test func hostileTextIsRefusedQuickly() {
        let deepBrackets = String(repeating: "[", count: 100_000)
        let deepMaps = String(repeating: "{a: ", count: 50_000)
        let deepDashes = String(repeating: "- ", count: 50_000) + "x"
        let deepLines = (0..<600).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        let bomb = (1...9).reduce("a0: &a0 [x, x]\n") { text, level in
            text + "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        let large = "a: " + String(repeating: "x", count: 1_000_000)
        for text in [deepBrackets, deepMaps, deepDashes, deepLines, bomb, large] {
            #expect(throws: RecipeError.self) { try RecipeValue(yaml: text) }
        }
    }

    @Test func errorsStandOnOneLine() {
        let error = #expect(throws: RecipeError.self) { try RecipeValue(yaml: "a: [1,\nb: 2") }
        #expect(error.map { !"\($0)".contains("\n") } == true)
    }
}
