import Foundation
import SwiffuseTensor
import Testing

@Suite struct PhiloxTests {
    /// Known answers of the Random123 library for philox4x32-10.
    @Test func blocksAreTheKnownAnswers() {
        #expect(Philox(seed: 0).block(0) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = Philox(seed: .max, stream: .max)
        #expect(ones.block(.max) == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    }

    @Test func numbersAreFunctionsOfTheirPosition() {
        var whole = Philox(seed: 7, stream: 3)
        let numbers = whole.uniforms(23)
        var one = Philox(seed: 7, stream: 3)
        #expect(numbers == (0..<23).map { _ in one.nextUniform() })
        var late = Philox(seed: 7, stream: 3, position: 5)
        #expect(Array(numbers[5...]) == late.uniforms(18))
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    }

    @Test func normalsAreAsSpecifiedAndLookNormal() {
        var random = Philox(seed: 11)
        let numbers = random.normals(20_001)
        let first = Philox(seed: 11).block(0)
        let radius = (-2 * log2(Double((first[0] >> 8) + 1) * 0x1p-24) * 0.693_147_180_559_945_3).squareRoot()
        #expect(abs(Double(numbers[0] * numbers[0] + numbers[1] * numbers[1]).squareRoot() - radius) < 1e-6)
        let mean = numbers.reduce(0) { $0 + Double($1) } / 20_001
        let variance = numbers.reduce(0) { $0 + Double($1) * Double($1) } / 20_001
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.04)  // four standard errors
        #expect(random.position == 20_002)
    }

    @Test func splitGeneratorsDiffer() {
        let root = Philox(seed: 1)
        #expect(Set((0..<50).map { root.split($0) }).count == 50)
        #expect(root.split(4) == Philox(seed: 1).split(4))
    }
}
