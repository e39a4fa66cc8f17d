public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseTensor

/// Kind `dtype_casts`: float32 to bfloat16 and float16 and back, bit for bit.
public struct DTypeCastsCheck: GoldenCheck {
    public let kinds = ["dtype_casts"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        try fixture.references.map { key in
            switch key {
            case "outputs.bf16_bits": try narrowed(ReducedPrecision.bfloat16, key, fixture)
            case "outputs.f16_bits": try narrowed(ReducedPrecision.float16, key, fixture)
            case "outputs.bf16_to_f32":
                try widened(ReducedPrecision.float(bfloat16:), "inputs.bf16_bits_in", key, fixture)
            case "outputs.f16_to_f32":
                try widened(ReducedPrecision.float(float16:), "inputs.f16_bits_in", key, fixture)
            default: .unsupported(key, "the conversion \(key)")
            }
        }
    }

    private func narrowed(
        _ convert: (Float) -> UInt16, _ key: String, _ fixture: GoldenFixture
    ) throws(GoldenError) -> GoldenResult {
        let bits = try fixture.floats("inputs.f32").map { Double(Int16(bitPattern: convert($0))) }
        return try fixture.compare(bits, shape: [bits.count], with: key, bound: .exact)
    }

    /// Compares bit patterns, since not-a-number and infinity are among the values.
    private func widened(
        _ convert: (UInt16) -> Float, _ input: String, _ key: String, _ fixture: GoldenFixture
    ) throws(GoldenError) -> GoldenResult {
        let bits = try fixture.integers(input, in: Int(Int16.min)...Int(Int16.max))
        let values = bits.map { convert(UInt16(bitPattern: Int16($0))) }
        let reference = try fixture.floats(key)
        guard values.count == reference.count else {
            return .fail(key, "\(values.count) values were computed, \(reference.count) are expected")
        }
        let isSame = zip(values, reference).map { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
        if let index = isSame.firstIndex(of: false) {
            return .fail(key, "value \(index) is \(values[index]), not \(reference[index])")
        }
        return .same(key)
    }
}
