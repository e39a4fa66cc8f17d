extension FeatureGaussian {
    /// The Fréchet distance |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr √(Σ₁Σ₂)  (Heusel et al., arXiv:1706.08500, eq. 6).
    ///
    /// With Σ₁ = FᵀF and Σ₂ = GᵀG the trace of the root is the sum of the singular values of FGᵀ: unlike a general matrix
    /// root it cannot become complex. F and G have as many rows as the covariances have rank, so that with fewer samples
    /// than dimensions there are no eigenvalues that should be zero and whose roots are 1e-8 of the largest instead. Agrees
    /// with the ADM evaluator (scipy's sqrtm) and torch-fidelity (eigenvalues of Σ₁Σ₂) where there are more samples.
    ///
    /// - Returns: 0 for a distance that is negative only by rounding.
    public func frechetDistance(to other: FeatureGaussian) throws(EvaluationError) -> Double {
        guard mean.count == other.mean.count else { throw .widths(mean.count, other.mean.count) }
        let difference = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let factors = [try covariance.symmetricFactor(), try other.covariance.symmetricFactor()]
            .sorted { $0.rowCount < $1.rowCount }
        // Eigenvalues ascend, so the product's largest numbers come last, which keeps the digits of small singular values.
        let product = try factors[0].multiplied(by: factors[1], transposed: true)
        var squares = try product.multiplied(by: product, transposed: true)
        squares.symmetrise()
        let values = try LinearAlgebra.eigen(squares, vectors: false, named: "the covariances' product").values
            .map { max($0, 0).squareRoot() }
        let distance = difference + covariance.trace + other.covariance.trace - 2 * values.reduce(0, +)
        // The square of each singular value is off by at most about r ε of the largest square, so the value by the root.
        let rank = Double(values.count)
        let rounding = 2 * rank * (rank * Double.ulpOfOne).squareRoot() * (values.last ?? 0)
        return distance < 0 && -distance <= rounding ? 0 : distance
    }
}

extension Matrix {
    /// The F with FᵀF = self, [rank, n], of a symmetric matrix without negative eigenvalues.
    ///
    /// Eigenvalues below n ε of the largest are what rounding makes of zero (as in numpy.linalg.matrix_rank).
    fileprivate func symmetricFactor() throws(EvaluationError) -> Matrix {
        let (values, vectors) = try LinearAlgebra.eigen(self, vectors: true, named: "a covariance")
        let smallest = Double(rowCount) * Double.ulpOfOne * (values.last ?? 0)
        let rows = values.indices.filter { values[$0] > max(smallest, 0) }
        var factor = vectors.rows(rows)
        for (row, index) in rows.enumerated() {
            let scale = values[index].squareRoot()
            for column in 0..<columnCount { factor[row, column] *= scale }
        }
        return factor
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
