import SwiffuseDiffusion
import SwiffuseIO

extension WeightsStorage {
    var dtype: StoredDType {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }

    /// Appends the next tensor, `name`, to a file.
    ///
    /// - Throws: `CheckpointError`, or `ExportError` for a number too large for the type.
    func append(_ values: [Float], as name: String, to writer: inout SafetensorsWriter) throws {
        switch self {
        case .float32: try writer.append(name, values)
        case .float16: try writer.append(name, try values.map { try Self.half($0, in: name) })
        case .bfloat16: try writer.append(name, values.map(ReducedPrecision.bfloat16))
        }
    }

    private static func half(_ value: Float, in name: String) throws(ExportError) -> UInt16 {
        let half = Float16(value)
        guard half.isFinite || !value.isFinite else { throw ExportError.tooLarge(key: name, value: value) }
        return half.bitPattern
    }
}

/// Why weights cannot be written in a smaller type.
public enum ExportError: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLarge(key: String, value: Float)

    public var description: String {
        switch self {
        case .tooLarge(let key, let value):
            "'\(key)' holds \(value), which float16 cannot hold; use bfloat16 or float32"
        }
    }
}
