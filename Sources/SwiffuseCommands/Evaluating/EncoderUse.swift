import Swiffuse

/// How a recipe or a command names an encoder.
struct EncoderUse {
    private let configuration: EncoderConfiguration
    private let file: String

    init(_ configuration: EncoderConfiguration, file: String) {
        self.configuration = configuration
        self.file = file
    }

    /// The file as YAML's flow style needs it: quoted, for names may have commas, colons and braces.
    private var quoted: String { RecipeValue.string(file).canonicalJSON }

    /// Lines of a recipe, or a command.
    var lines: [String] { get throws { try makeLines() } }

    private func makeLines() throws -> [String] {
        switch configuration.architecture {
        case .vgg:
            let widths = configuration.widths.map(String.init).joined(separator: ", ")
            return [
                "losses:",
                "  - {type: lpips, weight: 0.1, gate: {from: 0.3}, network: {widths: [\(widths)], heads: uniform}, "
                    + "weights: {file: \(quoted)}}",
            ]
        case .vit:
            let network = configuration.transformer
            let encoder =
                "{basePatchSize: \(network.patchSize), weights: {file: \(quoted)}, network: "
                + "{\(try Self.settings(of: network))}}"
            let last = network.depth - 1
            return [
                "losses:",
                "  - {type: p-dino, weight: 0.01, gate: {from: 0.3}, layers: [\(last)], encoder: \(encoder)}",
                "  - {type: repa, weight: 0.5, alignLayer: 2, layer: \(last), encoder: \(encoder)}",
            ]
        case .strided: return ["swiffuse evaluate RUN --weights \(ShellWord.quoted(file))"]
        }
    }

    /// The settings that are not the defaults, as YAML.
    private static func settings(of network: DINOv2Configuration) throws -> String {
        let defaults = try DINOv2Configuration().resolvedTree().map
        let entries = try network.resolvedTree().map?.entries ?? []
        return entries.filter { defaults?[$0.key] != $0.value }.map { "\($0.key): \($0.value.canonicalJSON)" }
            .joined(separator: ", ")
    }
}
