import Foundation
import Swiffuse

extension CheckReport {
    /// What is minimised: each loss with its factor, the images that it looks at, and the files of its networks.
    var lossLines: [String] {
        var table = Table([.left, .right, .left, .left])
        table.add([model.termNames[0], "1", "all images"])
        for (loss, part) in zip(model.losses, recipe.losses) {
            let files = loss.loss.networks.flatMap(\.files).map { "\($0.setting): \(Self.name(of: $0.weights))" }
            table.add([loss.name, "\(part.weight)", Self.gate(of: loss), files.joined(separator: ", ")])
        }
        let balance = recipe.training.balance
        let balancing = "  balanced every \(balance.every) updates, from update \(Amount.count(balance.from)) on"
        return ["losses"] + table.lines(indentation: 2) + (balance.isOn ? [balancing] : [])
    }

    /// The weights that training needs and that are not there yet; nothing if none are missing.
    var missingLines: [String] {
        let lines = model.losses.enumerated().flatMap { index, loss in
            loss.loss.networks.flatMap(\.files).compactMap { source -> String? in
                guard source.weights.source == .file else { return nil }
                let setting = "losses.\(index).\(source.setting).file"
                if source.weights.file.isEmpty { return "  \(setting): not named yet" }
                return access(source.weights.file, R_OK) == 0 ? nil : "  \(setting): cannot read \(source.weights.file)"
            }
        }
        return lines.isEmpty ? [] : ["missing before training"] + lines
    }

    private static func name(of weights: WeightsFile) -> String {
        switch weights.source {
        case .random: "random"
        case .file: weights.file.isEmpty ? "not named yet" : weights.file
        }
    }

    private static func gate(of loss: ModelLoss) -> String {
        guard let gate = loss.loss as? Gated else { return "all images" }
        return switch gate.behaviour {
        case .perImage: "images from t = \(gate.threshold) on"
        case .wholeBatch: "batches with an image from t = \(gate.threshold) on"
        }
    }
}
