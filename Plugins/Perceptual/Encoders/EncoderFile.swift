public import SwiffuseDiffusion
public import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor

/// An encoder's file: safetensors with its configuration as metadata.
public enum EncoderFile {
    /// Whether a file is an encoder's.
    public static func isEncoder(_ file: SafetensorsFile) -> Bool {
        file.metadata[EncoderConfiguration.metadataKey] != nil
    }

    /// How the encoder in a file was trained.
    public static func summary(of file: SafetensorsFile) -> String? { file.metadata[summaryKey] }

    private static let summaryKey = "swiffuse.summary"

    /// The configuration in a file.
    ///
    /// - Throws: `CheckpointError` if the file cannot be read or is not an encoder's, `RecipeError` if its configuration is
    ///   not valid.
    public static func configuration(of path: String) throws -> EncoderConfiguration {
        let file = try SafetensorsFile(path: path)
        guard let text = file.metadata[EncoderConfiguration.metadataKey] else {
            throw CheckpointError.malformed(
                path: path, reason: "it is not an encoder's, which 'swiffuse train-encoder' writes")
        }
        return try EncoderConfiguration(resolving: try RecipeValue(yaml: text))
    }

    /// Refuses settings other than those that the transformer in a file was trained with; says nothing about other files.
    ///
    /// - Throws: `NetworkWeightsError.settings`, or what reading the file's configuration throws.
    static func check(_ network: DINOv2Configuration, against weights: WeightsFile) throws {
        guard weights.source == .file, !weights.file.isEmpty,
            let file = try TensorFiles.open(weights.file) as? SafetensorsFile, isEncoder(file),
            case let configuration = try configuration(of: weights.file), configuration.architecture == .vit,
            let own = try configuration.transformer.resolvedTree().map,
            let given = try network.resolvedTree().map
        else { return }
        let differences: [NetworkSettingDifference] = own.entries.compactMap { key, value in
            guard let other = given[key], other != value else { return nil }
            return NetworkSettingDifference(name: key, found: other.canonicalJSON, expected: value.canonicalJSON)
        }
        guard differences.isEmpty else { throw NetworkWeightsError.settings(path: weights.file, differences) }
    }

    /// Writes an encoder.
    ///
    /// - Parameters:
    ///   - summary: how it was trained, for 'swiffuse info'.
    public static func write(
        _ store: ParameterStore, of configuration: EncoderConfiguration, summary: String, to path: String
    ) throws {
        let specs = store.parameters.map {
            SafetensorsSpec(name: $0.key, dtype: .float32, shape: $0.shape.dimensions)
        }
        let metadata = [
            EncoderConfiguration.metadataKey: try configuration.resolvedTree().canonicalJSON,
            summaryKey: summary,
        ]
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: metadata)
        for parameter in store.parameters { try writer.append(parameter.key, try store[parameter].scalars()) }
        try writer.finish()
    }

    /// Reads an encoder's weights.
    public static func store(_ encoder: Encoder, from weights: WeightsFile, on device: any Device) throws
        -> ParameterStore
    {
        let values = try NetworkWeights.load(
            encoder.scope.parameters, of: encoder.scope, from: weights, for: "the encoder", setting: "weights",
            on: device
        ) { StoredNames($0.key) }
        return ParameterStore(encoder.scope.parameters, values: values)
    }
}
