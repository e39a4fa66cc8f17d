import Swiffuse

/// What `check` prints.
struct CheckReport {
    let model: DiffusionModel
    let estimate: CostEstimate
    let samplingBatch: Int
    /// The memory of training with the backbone's other choice of recomputing; nil if it has none.
    var otherRecomputing: (setting: String, memory: CostEstimate.Memory)?

    var recipe: Recipe { model.recipe }

    var lines: [String] {
        let sections = [partLines, lossLines, parameterLines, shapeLines, costLines, memoryLines, missingLines]
        return ["\(recipe.name): a valid recipe"] + sections.filter { !$0.isEmpty }.flatMap { [""] + $0 }
    }

    private var partLines: [String] {
        var table = Table([.left, .left])
        let image = recipe.image
        table.add(["image", "\(image.channels) × \(image.height) × \(image.width), \(classes)"])
        table.add(["data", recipe.data.type])
        table.add(["backbone", recipe.backbone.type])
        table.add(["target", Self.summary(of: recipe.target)])
        table.add(["path", Self.summary(of: recipe.path)])
        table.add(["times", Self.summary(of: recipe.times)])
        table.add(["training", trainingSummary])
        let sampling = recipe.sampling
        table.add([
            "sampling", "\(sampling.solver.type), \(sampling.grid.steps) steps, guidance \(sampling.guidance.type)",
        ])
        return ["parts"] + table.lines(indentation: 2)
    }

    /// A part's type and what is set about it, on a line: `logit-normal, mean -0.8, deviation 0.8`.
    private static func summary(of part: Part) -> String {
        ([part.type] + part.settings.entries.map { "\($0.key) \($0.value.canonicalJSON.filter { $0 != "\"" })" })
            .joined(separator: ", ")
    }

    private var classes: String { recipe.classes == 0 ? "no classes" : "\(recipe.classes) classes" }

    private var trainingSummary: String {
        let training = recipe.training
        let passes = training.accumulation == 1 ? "" : " (\(training.accumulation) passes of \(training.batchSize))"
        return
            "\(Amount.count(training.steps)) updates of \(training.batchSize * training.accumulation) images\(passes)"
    }

    private var parameterLines: [String] {
        let parameters = model.scope.parameters
        var groups: [(name: String, count: Int)] = []
        for parameter in parameters {
            let name = String(parameter.key.prefix { $0 != "." })
            if let index = groups.firstIndex(where: { $0.name == name }) {
                groups[index].count += parameter.shape.count
            } else {
                groups.append((name, parameter.shape.count))
            }
        }
        var table = Table([.left, .right])
        for group in groups { table.add([group.name, Amount.count(group.count)]) }
        table.add(["all", Amount.count(groups.reduce(0) { $0 + $1.count })])
        table.add(["trainable", Amount.count(parameters.reduce(0) { $0 + ($1.isTrainable ? $1.shape.count : 0) })])
        return ["parameters"] + table.lines(indentation: 2)
    }

    private var shapeLines: [String] {
        var table = Table([.left, .left])
        for stage in mergedStages { table.add([stage.name, "\(stage.shape)"]) }
        return ["shapes in training"] + table.lines(indentation: 2)
    }

    /// Neighbouring stages of one shape as one.
    private var mergedStages: [(name: String, shape: Shape)] {
        var merged: [(name: String, shape: Shape)] = []
        var last = ""
        for stage in estimate.stages {
            if let previous = merged.last, previous.shape == stage.shape, previous.name.hasPrefix("tokens"),
                stage.name.hasPrefix("tokens")
            {
                let number = stage.name.split(separator: " ").last.map(String.init) ?? ""
                merged[merged.count - 1].name = last + " to \(number)"
            } else {
                last = stage.name
                merged.append((stage.name, stage.shape))
            }
        }
        return merged
    }

    private var costLines: [String] {
        var table = Table([.left, .right])
        table.add(["forward pass, one image", Amount.operations(estimate.forwardOperations)])
        table.add(["training, one update", Amount.operations(estimate.updateOperations)])
        table.add(["sampling, one image", Amount.operations(estimate.samplingOperations)])
        return ["arithmetic"] + table.lines(indentation: 2)
    }

    private var memoryLines: [String] {
        let training = estimate.training
        var table = Table([.left, .right])
        table.add(["training, at its peak", Amount.bytes(training.peak)])
        table.add(["  parameters", Amount.bytes(training.parameters)])
        table.add(["  moments and averages", Amount.bytes(training.optimizer)])
        table.add(["  gradients", Amount.bytes(training.gradients)])
        table.add(["  activations and the rest", Amount.bytes(training.remainder)])
        if let other = otherRecomputing {
            table.add(["training with \(other.setting)", Amount.bytes(other.memory.peak)])
        }
        table.add(["sampling \(samplingBatch) at a time", Amount.bytes(estimate.sampling.peak)])
        return ["memory (estimate)"] + table.lines(indentation: 2)
    }
}
