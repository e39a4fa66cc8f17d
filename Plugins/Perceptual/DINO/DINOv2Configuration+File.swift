import SwiffuseDiffusion
public import SwiffuseIO

extension DINOv2Configuration {
    /// Whether a file has DINOv2's class token, under any of the known names.
    public static func isDINOv2(_ file: any TensorFile) -> Bool {
        DINOv2Names.outside("cls_token").contains(where: file.contains)
    }

    /// The settings that fit a file of DINOv2: from its shapes, and as upstream has them where shapes do not tell, 64
    /// channels for each head and another scaling of the position table with registers. For an own encoder's file those
    /// that it was trained with; nil for other files.
    ///
    /// - Parameter headCount: the number of heads, if it is known; else upstream's.
    /// - Throws: `RecipeError` if the number of heads is neither known nor upstream's, or the sizes are none of a DINOv2.
    public init?(fitting file: any TensorFile, headCount known: Int? = nil) throws {
        if let own = file as? SafetensorsFile, EncoderFile.isEncoder(own) {
            self = try EncoderFile.configuration(of: file.path).transformer
            return
        }
        func shape(_ key: String) throws -> [Int]? {
            try DINOv2Names.outside(key).first(where: file.contains).map { try file.shape(of: $0) }
        }
        guard let token = try shape("cls_token"), let table = try shape("pos_embed"), token.count == 3,
            let patch = try shape("patch_embed.proj.weight"), table.count == 3, patch.count == 4,
            (1...Self.maximumPatchCount).contains(table[1] - 1), (1...256).contains(patch[3])
        else { return nil }
        let side = Int(Double(table[1] - 1).squareRoot().rounded())
        self.init()
        (width, patchSize, imageSize) = (token[2], patch[3], side * patch[3])
        headCount = try known ?? Self.headCount(ofWidth: width)
        depth = Self.depth(of: file)
        guard depth > 0 else { return nil }
        if let registers = try shape("register_tokens"), registers.count == 3 {
            registerCount = registers[1]
            (interpolationOffset, interpolationAntialias) = (0, true)
        }
        try readHiddenWidth(file)
        try validate()
    }

    private static let maximumPatchCount = 1 << 20

    private static func headCount(ofWidth width: Int) throws(RecipeError) -> Int {
        guard width > 0, width % 64 == 0 else {
            throw RecipeError(
                .conflict, at: "network.headCount", "the file does not tell the number of heads of width \(width)",
                advice: "set --network network.headCount=…")
        }
        return width / 64
    }

    /// The number behind the last block's, among those that are validated.
    private static func depth(of file: any TensorFile) -> Int {
        let names = DINOv2Names.inBlock("ls1.gamma")
        return (0..<256).first { index in !names.contains { file.contains($0(index)) } } ?? 256
    }

    private mutating func readHiddenWidth(_ file: any TensorFile) throws {
        func rows(_ key: String) throws -> Int? {
            let name = DINOv2Names.inBlock(key).map { $0(0) }.first(where: file.contains)
            return try name.flatMap { try file.shape(of: $0).first }
        }
        if let both = try rows("mlp.w12.weight") {
            feedForward = .swiGLU
            if hiddenWidth != both / 2 { mlpRatio = Double(both / 2) * 1.5 / Double(max(width, 1)) }
        } else if let hidden = try rows("mlp.fc1.weight") {
            mlpRatio = Double(hidden) / Double(max(width, 1))
        }
    }
}
