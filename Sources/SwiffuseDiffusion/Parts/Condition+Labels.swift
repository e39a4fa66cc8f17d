public import SwiffuseTensor

extension Condition {
    /// A label for each image, int32 [B]; images without a condition get the null label.
    ///
    /// - Parameters:
    ///   - count: B.
    ///   - nullLabel: the label of "no class": the number of classes.
    public func labels(count: Int, nullLabel: Int, on device: any Device) -> Tensor {
        switch self {
        case .classes(let labels): labels
        case .none:
            Tensor(integers: [Int32](repeating: Int32(clamping: nullLabel), count: count), shape: [count], on: device)
        }
    }
}
