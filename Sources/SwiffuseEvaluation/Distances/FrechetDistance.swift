extension FeatureGaussian {
    /// The Fréchet distance |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr √(Σ₁Σ₂)  (Heusel et al., arXiv:1706.08500, eq. 6).
    ///
    /// The trace of the root is the sum of the roots of the eigenvalues of √Σ₁ Σ₂ √Σ₁, which is symmetric: unlike a general
    /// matrix root it cannot become complex. Negative eigenvalues, which only rounding can bring about, count as zero.
    /// Agrees with the ADM evaluator (scipy's sqrtm) and torch-fidelity (eigenvalues of Σ₁Σ₂).
    public func frechetDistance(to other: FeatureGaussian) throws(EvaluationError) -> Double {
        guard mean.count == other.mean.count else { throw .widths(mean.count, other.mean.count) }
        let difference = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let root = try covariance.symmetricRoot()
        var product = try root.multiplied(by: other.covariance).multiplied(by: root)
        product.symmetrise()
        let eigenvalues = try LinearAlgebra.eigen(product, vectors: false, named: "the covariances' product").values
        let rootTrace = eigenvalues.reduce(0) { $0 + max($1, 0).squareRoot() }
        return difference + covariance.trace + other.covariance.trace - 2 * rootTrace
    }
}

extension Matrix {
    /// The symmetric root of a symmetric matrix without negative eigenvalues.
    fileprivate func symmetricRoot() throws(EvaluationError) -> Matrix {
        let (values, vectors) = try LinearAlgebra.eigen(self, vectors: true, named: "a covariance")
        var scaled = vectors  // row i times the root of eigenvalue i
        for (row, value) in values.enumerated() {
            let factor = max(value, 0).squareRoot().squareRoot()
            for column in 0..<columnCount { scaled[row, column] *= factor }
        }
        let transposed = scaled.transposed()
        return try transposed.multiplied(by: transposed, transposed: true)
    }

    private func transposed() -> Matrix {
        var result = Matrix(rowCount: columnCount, columnCount: rowCount)
        for row in 0..<rowCount { for column in 0..<columnCount { result[column, row] = self[row, column] } }
        return result
    }

    fileprivate mutating func symmetrise() {
        for row in 0..<rowCount {
            for column in 0..<row {
                let mean = (self[row, column] + self[column, row]) / 2
                (self[row, column], self[column, row]) = (mean, mean)
            }
        }
    }
}
