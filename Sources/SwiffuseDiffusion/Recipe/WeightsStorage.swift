/// How weights are stored in a file; the smaller types round to the nearest number.
public enum WeightsStorage: String, Codable, CaseIterable, Sendable {
    case float32
    /// 11 bits of precision, up to 65504.
    case float16
    /// 8 bits of precision, the range of float32.
    case bfloat16
}
