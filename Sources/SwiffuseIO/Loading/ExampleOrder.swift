import Synchronization

/// In which order a loader goes through a data set, without end.
public enum ExampleOrder: Sendable, Equatable {
    /// Every epoch in a new order that depends on the seed and the epoch's number alone.
    case shuffled(seed: UInt64)
    /// 0, 1, 2, …, again and again.
    case sequential
}

/// Position → picture of an endless stream of examples.
///
/// Position k belongs to epoch k / count; each epoch is a permutation. The picture at k is a pure function of
/// (order, count, k), so a run that goes on at k sees exactly what an uninterrupted run would have seen.
final class ExampleStream: Sendable {
    private struct Epoch {
        let number: Int
        let permutation: [UInt32]
    }

    private let count: Int
    private let order: ExampleOrder
    private let recent = Mutex<[Epoch]>([])  // of the epochs in use: around a boundary there are two

    init(count: Int, order: ExampleOrder) {
        require(count > 0 && count <= UInt32.max, "a stream over \(count) examples")
        self.count = count
        self.order = order
    }

    /// The pictures at `positions`.
    func indices(at positions: Range<Int>) -> [Int] {
        switch order {
        case .sequential:
            return positions.map { $0 % count }
        case .shuffled(let seed):
            var epoch = permutation(ofEpoch: positions.lowerBound / count, seed: seed)
            return positions.map { position in
                if position / count != epoch.number {
                    epoch = permutation(ofEpoch: position / count, seed: seed)
                }
                return Int(epoch.permutation[position % count])
            }
        }
    }

    private func permutation(ofEpoch number: Int, seed: UInt64) -> Epoch {
        recent.withLock { recent in
            if let known = recent.first(where: { $0.number == number }) { return known }
            var random = SplitMix64(seed: seed, stream: UInt64(number))
            var permutation = Array(0..<UInt32(count))
            random.shuffle(&permutation)
            let epoch = Epoch(number: number, permutation: permutation)
            recent = recent.suffix(1) + [epoch]
            return epoch
        }
    }
}
