extension EvaluationScores {
    private enum CodingKeys: String, CodingKey {
        case frechet, spatialFrechet, inceptionADM, inceptionFidelity, precisionRecall, kernel, kernelSubsetSize
        case overlapSampleCount, overlapReferenceCount
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(number: frechet, forKey: .frechet)
        if let spatialFrechet { try container.encode(number: spatialFrechet, forKey: .spatialFrechet) }
        if let inceptionADM { try container.encode(number: inceptionADM, forKey: .inceptionADM) }
        try container.encodeIfPresent(inceptionFidelity, forKey: .inceptionFidelity)
        try container.encodeIfPresent(precisionRecall, forKey: .precisionRecall)
        try container.encodeIfPresent(kernel, forKey: .kernel)
        try container.encode(kernelSubsetSize, forKey: .kernelSubsetSize)
        try container.encode(overlapSampleCount, forKey: .overlapSampleCount)
        try container.encode(overlapReferenceCount, forKey: .overlapReferenceCount)
    }
}

extension EvaluationScores.Spread {
    private enum CodingKeys: String, CodingKey {
        case mean, deviation
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(number: mean, forKey: .mean)
        try container.encode(number: deviation, forKey: .deviation)
    }
}

extension KeyedEncodingContainer {
    /// Encodes a finite number, and null for any other, which JSON cannot write.
    fileprivate mutating func encode(number: Double, forKey key: Key) throws {
        if number.isFinite { try encode(number, forKey: key) } else { try encodeNil(forKey: key) }
    }
}
