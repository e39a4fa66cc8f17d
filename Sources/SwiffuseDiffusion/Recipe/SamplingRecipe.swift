/// The section `sampling` of a recipe: how pictures are drawn unless the user says otherwise.
public struct SamplingRecipe: Sendable, Hashable {
    public var solver: Part
    public var grid: TimeGrid.Configuration
    public var guidance: Part
    /// Seed of the first picture; the next ones count up.
    public var seed: Int
    /// Which weights draw: `automatic` (the first running average), `raw`, or one of the decays in `training.ema`.
    public var ema: WeightsChoice

    public init(
        solver: Part, grid: TimeGrid.Configuration, guidance: Part, seed: Int = 0, ema: WeightsChoice = .automatic
    ) {
        self.solver = solver
        self.grid = grid
        self.guidance = guidance
        self.seed = seed
        self.ema = ema
    }
}

/// Which of a model's weights to draw with.
public enum WeightsChoice: Sendable, Hashable {
    /// The first running average; the weights themselves if there is none.
    case automatic
    /// The weights themselves.
    case raw
    /// The running average with this decay.
    case average(decay: Double)
}

extension WeightsChoice: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let decay = try? container.decode(Double.self) {
            self = .average(decay: decay)
            return
        }
        switch try? container.decode(String.self) {
        case "automatic": self = .automatic
        case "raw": self = .raw
        default:
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected automatic, raw or one of the decays in training.ema")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .automatic: try container.encode("automatic")
        case .raw: try container.encode("raw")
        case .average(let decay): try container.encode(decay)
        }
    }
}

/// The fields of `sampling` that are not parts.
struct SamplingFields: ComponentConfiguration {
    var grid = TimeGrid.Configuration()
    var seed = 0
    var ema = WeightsChoice.automatic

    func validate() throws(RecipeError) {
        try RecipeError.within("grid") { () throws(RecipeError) in try grid.validate() }
        try RecipeError.check(
            (0...Int.max / 2).contains(seed), at: "seed", found: seed, expected: "0 to \(Int.max / 2)")
    }
}
