import Foundation
import Swiffuse

/// How many pictures are drawn at once.
enum SamplingBatch {
    /// As many as have about half a million values together, 1 to 64.
    static func automatic(for image: ImageSpec) -> Int { min(64, max(1, (1 << 19) / image.valueCount)) }

    /// The same, or fewer if they would not fit into memory.
    ///
    /// - Parameters:
    ///   - model: draws.
    ///   - device: its limit counts, or what the machine has left if it has none.
    ///   - parameterBytes: of further networks.
    ///   - bytesPerPicture: what is kept of each picture besides.
    static func automatic(
        for model: DiffusionModel, registry: Registry, on device: any Device, parameterBytes: Int = 0,
        bytesPerPicture: Int = 0
    ) throws -> Int {
        let wanted = automatic(for: model.recipe.image)
        guard wanted > 1, let memory = device.info.memoryLimit ?? SystemMemory.available else { return wanted }
        let peaks = try [1, 2].map { batch in
            try CostEstimate.samplingPeak(of: model, registry: registry, kernels: device.kernels, batch: batch)
        }
        let perPicture = max(1, peaks[1] - peaks[0] + bytesPerPicture)
        let fixed = max(0, 2 * peaks[0] - peaks[1]) + parameterBytes
        // An allocator rounds up and keeps some of what was freed.
        return largest(within: memory / 5 * 4, fixed: fixed, perPicture: perPicture, wanted: wanted)
    }

    /// The largest batch up to `wanted` whose memory is within the budget; 1 if none is.
    static func largest(within budget: Int, fixed: Int, perPicture: Int, wanted: Int) -> Int {
        min(wanted, max(1, (budget - fixed) / perPicture))
    }
}
