extension Tensor {
    /// Gradients of this recorded value while its recording goes on: it can be walked again for another loss.
    ///
    /// - Parameter values: recorded on the same tape.
    /// - Returns: one gradient per value, with its shape; nil where no path leads from it to this value.
    public func gradients(withRespectTo values: [Tensor]) -> [Tensor?] {
        guard let tape = node?.tape else { return values.map { _ in nil } }
        return tape.gradients(of: self, withRespectTo: values, retention: .keep)
    }
}
