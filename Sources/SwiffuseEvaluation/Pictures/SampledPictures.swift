public import SwiffuseDiffusion
public import SwiffuseIO
public import SwiffuseNN

/// Samples of a model, drawn when they are asked for: picture i has the seed S + i and shows class i, in turn.
public struct SampledPictures: PictureStream {
    public let count: Int
    private let model: DiffusionModel
    private let sampler: DiffusionSampler
    private let store: ParameterStore
    private let batch: Int
    private let record: ([ImageBuffer]) throws -> Void
    private var position = 0
    private var waiting: [ImageBuffer] = []

    /// - Parameters:
    ///   - model: draws; the seed S is its recipe's.
    ///   - sampler: how it draws.
    ///   - store: its weights.
    ///   - count: how many samples there are.
    ///   - batch: how many are drawn at once.
    ///   - record: called with the pictures of every batch.
    public init(
        _ model: DiffusionModel, sampler: DiffusionSampler, store: ParameterStore, count: Int, batch: Int = 64,
        record: @escaping ([ImageBuffer]) throws -> Void = { _ in }
    ) {
        self.model = model
        self.sampler = sampler
        self.store = store
        self.count = count
        self.batch = batch
        self.record = record
    }

    public mutating func next(_ limit: Int) throws -> [ImageBuffer] {
        while waiting.count < limit && position < count {
            let range = position..<min(count, position + batch)
            let drawn = try draw(range)
            try record(drawn)
            waiting += drawn
            position = range.upperBound
        }
        let taken = Array(waiting.prefix(limit))
        waiting.removeFirst(taken.count)
        return taken
    }

    private func draw(_ range: Range<Int>) throws -> [ImageBuffer] {
        let recipe = model.recipe
        return try model.pictures(
            seeds: range.map { UInt64(recipe.sampling.seed + $0) }, labels: range.map { $0 % max(1, recipe.classes) },
            by: sampler, from: store)
    }
}
