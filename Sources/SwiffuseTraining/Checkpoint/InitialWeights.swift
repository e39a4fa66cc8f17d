public import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor

/// Where a new run gets its first weights: a checkpoint of this library, or any safetensors or PyTorch file with the
/// model's keys.
public struct InitialWeights: Sendable {
    /// What to do if file and model do not match.
    public enum Matching: Sendable {
        /// Every parameter must be in the file and every tensor of the file in the model.
        case strict
        /// Parameters that are missing or of another shape keep their first values.
        case partial
    }

    /// What the values are for.
    enum Purpose {
        case training
        case drawing
    }

    public let path: String
    /// Which weights of a checkpoint of this library; other files have only one sort.
    public var choice: WeightsChoice
    /// What stands before the keys in another library's file, such as `state_dict/ema_denoiser.`; tensors without it are
    /// passed over. Parameters of losses are also found beside it, as in `state_dict/diffusion_trainer.proj.0.0.weight`.
    public var prefix: String
    public var matching: Matching

    public init(
        path: String, choice: WeightsChoice = .automatic, prefix: String = "", matching: Matching = .strict
    ) {
        self.path = path
        self.choice = choice
        self.prefix = prefix
        self.matching = matching
    }

    /// Replaces the values that the file has.
    ///
    /// - Returns: what was found.
    /// - Throws: `CheckpointError` if the file cannot be read, `LoadReport` if it does not match and must, or if it holds
    ///   NaN or infinity.
    func load(into store: inout ParameterStore, of model: DiffusionModel) throws -> LoadReport {
        let (report, values) = try values(for: model, purpose: .training)
        for (parameter, numbers) in values {
            store[parameter] = Tensor(numbers, shape: parameter.shape, on: store.device)
        }
        return report
    }

    /// The values that the file has for a model's parameters.
    ///
    /// - Parameter purpose: for drawing, what the losses declared is left out unless the file has all of it.
    /// - Throws: as `load(into:of:)`; only training minds NaN and infinity.
    func values(
        for model: DiffusionModel, purpose: Purpose
    ) throws -> (report: LoadReport, values: [(Parameter, [Float])]) {
        let file = try TensorFiles.open(path)
        let keys = try KeyMap(file, weights: self, lossParameters: model.lossParameters)
        var report = LoadReport(path: path)
        var parameters = model.scope.parameters
        if purpose == .drawing, !model.lossParameters.allSatisfy({ file.contains(keys.key(of: $0)) }) {
            report.leftOut = model.lossParameters.map(\.key)
            parameters.removeLast(model.lossParameters.count)
        }
        var used: Set<String> = []
        var values: [(Parameter, [Float])] = []
        for parameter in parameters {
            let key = keys.key(of: parameter)
            guard file.contains(key) else {
                report.missing.append(.init(key: key, nearest: nil))
                continue
            }
            used.insert(key)
            let shape = try file.shape(of: key)
            if shape == parameter.shape.dimensions {
                let numbers = try file.float32(of: key, conversion: .rounded)
                if case .training = purpose, numbers.withUnsafeBytes(StoredDType.float32.holdsNonFinite) {
                    report.nonFinite.append(key)
                }
                values.append((parameter, numbers))
                report.loadedCount += 1
            } else {
                report.mismatched.append(.init(key: key, found: shape, expected: parameter.shape))
            }
        }
        report.unused = file.names.filter { keys.isCandidate($0) && !used.contains($0) }
        report.addAdvice()
        // The head of a loss is found beside any prefix.
        let hasFoundTheModel = values.contains { !keys.isOfLoss($0.0) }
        if !hasFoundTheModel {
            let keys = model.scope.parameters.dropLast(model.lossParameters.count).map(\.key)
            report.prefixes = TensorPrefixes.holding(keys, in: file.names)
        }
        if case .strict = matching, !report.isComplete { throw report }
        guard hasFoundTheModel, report.nonFinite.isEmpty else { throw report }
        return (report, values)
    }
}

/// Under which names a file has a model's parameters.
private struct KeyMap {
    private let prefix: String
    private let isCheckpoint: Bool
    private let file: any TensorFile
    private let lossKeys: Set<String>

    init(_ file: any TensorFile, weights: InitialWeights, lossParameters: [Parameter]) throws {
        self.file = file
        lossKeys = Set(lossParameters.map(\.key))
        isCheckpoint =
            (file as? SafetensorsFile).map(Checkpoint.isCheckpoint) ?? false && weights.prefix.isEmpty
        guard isCheckpoint else {
            prefix = weights.prefix
            return
        }
        let stored = Self.storedAverages(file)
        switch weights.choice {
        case .raw: prefix = ""
        case .automatic: prefix = stored.first ?? ""
        case .average(let decay):
            prefix = Checkpoint.averagePrefix(decay)
            guard stored.contains(prefix) else {
                throw CheckpointError.missing(
                    path: file.path, key: prefix, nearest: nearestName(to: prefix, in: stored))
            }
        }
    }

    func key(of parameter: Parameter) -> String {
        if isCheckpoint { return parameter.isTrainable ? prefix + parameter.key : parameter.key }
        let key = prefix + parameter.key
        guard isOfLoss(parameter), !file.contains(key) else { return key }
        // The authors keep the heads of losses beside the network and its average, once for both.
        return TensorPrefixes.parents(of: prefix).map { $0 + parameter.key }.first(where: file.contains) ?? key
    }

    func isOfLoss(_ parameter: Parameter) -> Bool { lossKeys.contains(parameter.key) }

    /// Whether a tensor should belong to the model.
    func isCandidate(_ name: String) -> Bool {
        if !isCheckpoint || (!prefix.isEmpty && name.hasPrefix(prefix)) { return name.hasPrefix(prefix) }
        // Averages, moments, and the raw twins of averaged parameters are no part of the choice.
        return !name.contains("/") && (prefix.isEmpty || !file.contains(prefix + name))
    }

    /// The prefixes of the averages, in the order of the file.
    private static func storedAverages(_ file: any TensorFile) -> [String] {
        var prefixes: [String] = []
        for name in file.names where name.hasPrefix("ema/") {
            let prefix = name.split(separator: "/").prefix(2).joined(separator: "/") + "/"
            if !prefixes.contains(prefix) { prefixes.append(prefix) }
        }
        return prefixes
    }
}
