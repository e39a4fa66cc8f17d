import SwiffuseDiffusion
import Testing

private struct Sample: ComponentConfiguration {
    enum Mode: String, Codable, CaseIterable {
        case fast
        case exact = "very-exact"
    }
    struct Inner: ComponentConfiguration {
        var width = 7
        var names = ["a"]
    }

    var rate = 0.5
    var small: Float = 0.1
    var size = 3
    var byte: UInt8 = 1
    var isOn = false
    var mode = Mode.fast
    var inner = Inner()
    var list: [Inner] = []
}

@Suite struct ConfigurationTests {
    private func resolved(_ yaml: String) throws -> Sample {
        try Sample(resolving: try RecipeValue(yaml: yaml), at: "part")
    }

    @Test func anythingMayBeLeftOut() throws {
        #expect(try resolved("") == Sample())
        #expect(try resolved("inner:") == Sample())
        var expected = Sample()
        expected.inner.width = 9
        #expect(try resolved("inner: {width: 9}") == expected)
    }

    @Test func resolvedTreeSpellsOutDefaultsInOrder() throws {
        let tree = try Sample().resolvedTree()
        #expect(tree.map?.keys == ["rate", "small", "size", "byte", "isOn", "mode", "inner", "list"])
        #expect(tree["small"] == 0.1)
        #expect(tree["mode"] == "fast")
        #expect(try Sample(resolving: tree) == Sample())
    }

    @Test func integersServeAsNumbersAndWholeNumbersAsIntegers() throws {
        #expect(try resolved("rate: 2").rate == 2)
        #expect(try resolved("size: 2e5").size == 200_000)
    }

    @Test(arguments: [
        ("rat: 1", "part.rat: unknown key; did you mean rate?"),
        ("inner: {widht: 1}", "part.inner.widht: unknown key; did you mean width?"),
        ("list: [{names: [], width: 1, x: 1}]", "part.list.0.x: unknown key"),
        ("list: [{names: []}]", "part.list.0.width: missing"),
        ("rate: fast", "part.rate: found the text \"fast\", expected a number"),
        ("rate: .nan", "part.rate: found the text \".nan\", expected a number"),
        ("small: 1e60", "part.small: found the number 1e+60, expected a number up to 3e38"),
        ("size: 2.5", "part.size: found the number 2.5, expected an integer"),
        ("size: 99999999999999999999", "part.size: found the number 1e+20, expected an integer"),
        ("byte: 256", "part.byte: found the number 256, expected an integer, 0 or more"),
        ("isOn: 1", "part.isOn: found the number 1, expected true or false"),
        ("mode: veryexact", "expected one of fast, very-exact; did you mean very-exact?"),
        ("mode: 3", "part.mode: found the number 3, expected one of fast, very-exact"),
        ("inner: 3", "part.inner: found the number 3, expected a map"),
        ("list: {a: 1}", "part.list: found a map with the key \"a\", expected a list"),
        ("inner: {names: [a, 2]}", "part.inner.names.1: found the number 2, expected text"),
        ("size: null", "part.size: found nothing, expected an integer"),
    ])
    func mistakesAreNamedWithTheirPlace(yaml: String, message: String) {
        let error = #expect(throws: RecipeError.self) { try resolved(yaml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func numbersThatAreNotFiniteAreNotWritten() {
        var sample = Sample()
        sample.rate = .nan
        #expect(throws: RecipeError.self) { try sample.resolvedTree() }
    }
}
