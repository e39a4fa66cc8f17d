public import SwiffuseTensor

/// Draws the times at which a model is trained.
public protocol TimeSampler: Sendable {
    /// Times in 0…1, one per image of a batch; 0 is noise, 1 the image.
    func times(count: Int, using random: inout Philox) -> [Float]
}
