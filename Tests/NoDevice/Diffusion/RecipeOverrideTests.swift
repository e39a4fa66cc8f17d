import SwiffuseDiffusion
import Testing

@Suite struct RecipeOverrideTests {
    private func applied(_ text: String, to yaml: String) throws -> RecipeValue {
        try RecipeValue(yaml: yaml).applying(try RecipeOverride(text))
    }

    @Test func valuesAreReadAsYAML() throws {
        #expect(try applied("a.b=3", to: "a: {b: 1, c: 2}") == ["a": ["b": 3, "c": 2]])
        #expect(try applied("a=[0.1, 1]", to: "{}") == ["a": [0.1, 1]])
        #expect(try applied("a=x=y", to: "{}") == ["a": "x=y"])
        #expect(try applied("a=", to: "a: 1") == ["a": .null])
    }

    @Test func missingMapsAreMade() throws {
        #expect(try applied("a.b.c=true", to: "d: 1") == ["d": 1, "a": ["b": ["c": true]]])
        #expect(try applied("a.b=1", to: "") == ["a": ["b": 1]])
    }

    @Test func listElementsAreReachedByIndex() throws {
        #expect(try applied("a.1.b=5", to: "a: [{b: 1}, {b: 2}]") == ["a": [["b": 1], ["b": 5]]])
    }

    @Test(arguments: ["a", "=1", "a..b=1", ".a=1", "a.=1", "a.2=1", "a.x=1", "b.c=1", "a=[1"])
    func uselessOverridesAreRefused(text: String) {
        #expect(throws: RecipeError.self) { try applied(text, to: "a: [1, 2]\nb: 3") }
    }
}
