import Swiffuse

/// A classifier trained on the real training pictures.
struct TrainedClassifier {
    private let classifier = Classifier(classCount: 10)
    private var store: ParameterStore

    init(epochs: Int, on device: any Device) throws {
        store = ParameterStore(classifier.scope, seed: 1, on: device)
        let optimizer = AdamW(decays: [])
        var state = optimizer.begin(store)
        let settings = BatchLoader.Settings(batchSize: 128, order: .shuffled(seed: 1))
        let source = try IDXDataset.fashionMNIST(.train)
        let preparation = try ImagePreparation(ImageGeometry(channels: 1, height: 32, width: 32), fit: .pad(0))
        let loader = try BatchLoader(source, preparation: preparation, settings: settings)
        let stepCount = epochs * source.count / 128
        for step in 0..<stepCount {
            guard let batch = try loader.next() else { break }
            let images = Tensor(batch.images, shape: [batch.count, 1, 32, 32], on: device)
            let classifier = classifier
            let (loss, gradients) = try store.valueAndGradients { store in
                let pass = Pass(store, dropout: .random(Philox(seed: 1, stream: UInt64(step))))
                let logits = classifier(images, pass).logits
                let loss = logits.crossEntropy(with: Self.oneHot(batch.labels, on: device))
                return (loss, loss.detached())
            }
            let rate = 2e-3 * (1 - Double(step) / Double(stepCount))
            optimizer.update(&store, &state, gradients: gradients, learningRate: rate)
            if step % 200 == 0 { print("classifier: step \(step) of \(stepCount), loss \(try loss.scalar())") }
        }
    }

    /// Which share is recognised, and the mean distance of feature pairs within each class.
    func verdict(on images: LabelledImages) throws -> (accuracy: Float, spread: [Float]) {
        var right = 0
        var features: [[[Float]]] = Array(repeating: [], count: 10)
        for start in stride(from: 0, to: images.labels.count, by: 250) {
            let range = start..<min(images.labels.count, start + 250)
            let batch = Tensor(
                images.pictures[range].flatMap { $0 }, shape: [range.count, 1, 32, 32], on: store.device)
            let result = classifier(batch, Pass(store))
            let (logits, values) = (try result.logits.scalars(), try result.features.scalars())
            for (row, index) in range.enumerated() {
                let scores = logits[row * 10..<(row + 1) * 10]
                if scores.firstIndex(of: scores.max() ?? 0) == row * 10 + images.labels[index] { right += 1 }
                features[images.labels[index]].append(Array(values[row * 256..<(row + 1) * 256]))
            }
        }
        return (Float(right) / Float(images.labels.count), features.map { Self.meanDistance($0.prefix(100)) })
    }

    private static func meanDistance(_ rows: ArraySlice<[Float]>) -> Float {
        var (sum, pairs) = (Float(0), 0)
        for (position, a) in rows.enumerated() {
            for b in rows.dropFirst(position + 1) {
                sum += zip(a, b).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
                pairs += 1
            }
        }
        return sum / Float(max(1, pairs))
    }

    private static func oneHot(_ labels: [Int32], on device: any Device) -> Tensor {
        var values = [Float](repeating: 0, count: labels.count * 10)
        for (row, label) in labels.enumerated() { values[row * 10 + Int(label)] = 1 }
        return Tensor(values, shape: [labels.count, 10], on: device)
    }
}
