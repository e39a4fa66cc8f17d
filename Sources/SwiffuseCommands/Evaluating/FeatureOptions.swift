import ArgumentParser
import Swiffuse

/// The flags that choose the network whose features are compared.
struct FeatureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File of the network: of Inception-v3, DINOv2 or 'swiffuse train-encoder'.", valueName: "file"))
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "Its kind; see 'swiffuse components features'. Default: what the file looks like.", valueName: "name"))
    var features: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Change a setting of the network, such as resizing=pytorch-fid.", valueName: "path=value"))
    var network: [String] = []

    /// The flags that were given.
    var given: [String] {
        let values: [(String, Bool)] = [
            ("--weights", weights != nil), ("--features", features != nil), ("--network", !network.isEmpty),
        ]
        return values.filter(\.1).map(\.0)
    }

    /// The network, with its weights not yet read.
    func network(from registry: Registry) throws -> any FeatureNetwork {
        let changes = try changes()
        let kind = try kind()
        _ = try registry.entry(kind: PartKind.features.name, key: kind, at: "--features")
        var tree: RecipeValue = [:]
        tree = try tree.applying(RecipeOverride(path: ["type"], value: .string(kind)))
        if kind == DINOv2Features.key, let size = try weights.flatMap({ try Self.size(of: $0, changes) }) {
            tree = try tree.applying(RecipeOverride(path: ["network"], value: try size.resolvedTree()))
        }
        if let weights { tree = try tree.applying(RecipeOverride(path: ["weights", "file"], value: .string(weights))) }
        for change in changes { tree = try tree.applying(change) }
        let part = try registry.resolve(tree, kind: PartKind.features.name, at: "--network")
        let context = BuildContext(model: ModelSpec(image: ImageSpec(), classCount: 0))
        return try registry.make(part, as: .features, in: context, at: "--network")
    }

    /// The changed settings. The file is none of them: its checksum tells networks apart.
    private func changes() throws -> [RecipeOverride] {
        let changes = try network.map { try RecipeOverride($0) }
        for change in changes where change.path.first == "weights" && change.path != ["weights", "source"] {
            throw UserError("--network: \(change.path.joined(separator: ".")) is not set here; use --weights")
        }
        return changes
    }

    /// The size of the DINOv2 in a file; nil if it has none.
    private static func size(of path: String, _ changes: [RecipeOverride]) throws -> DINOv2Configuration? {
        var headCount: Int?
        let heads = changes.last { $0.path == ["network", "headCount"] }?.value
        if case .integer(let count)? = heads { headCount = count }
        return try DINOv2Configuration(fitting: try TensorFiles.open(path), headCount: headCount)
    }

    private func kind() throws -> String {
        if let features { return features }
        guard let weights else {
            throw UserError(
                "--weights: say which network's features to compare: a file of Inception-v3 or DINOv2, or of an encoder "
                    + "of your own ('swiffuse train-encoder strided RECIPE --out judge.safetensors')")
        }
        let file = try NetworkWeights(path: weights).file
        if let own = file as? SafetensorsFile, EncoderFile.isEncoder(own) { return EncoderFeatures.key }
        if file.contains("Mixed_5b.branch1x1.conv.weight") { return "inception-v3" }
        if DINOv2Configuration.isDINOv2(file) { return DINOv2Features.key }
        throw UserError("--weights: \(weights) is of no known network; name its kind with --features")
    }
}
