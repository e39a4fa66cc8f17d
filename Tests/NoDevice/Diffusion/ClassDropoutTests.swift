import SwiffuseDiffusion
import SwiffuseTensor
import Testing

@Suite struct ClassDropoutTests {
    @Test func drawsBelowTheProbabilityForgetTheClass() {
        let dropout = ClassDropout(probability: 0.1, nullLabel: 10)
        #expect(dropout.apply(to: [1, 2, 3], uniforms: [0.05, 0.1, 0.5]) == [10, 2, 3])
    }

    @Test func theShareIsAboutTheProbability() {
        var random = Philox(seed: 5)
        let dropped = ClassDropout(probability: 0.1, nullLabel: 7)([Int](repeating: 1, count: 10_001), using: &random)
        #expect((900...1100).contains(dropped.filter { $0 == 7 }.count))
    }
}
