package import SwiffuseTensor

extension VulkanProfile {
    /// The profile with products of 16-bit matrices.
    ///
    /// - Throws: `unavailable`, with what is missing, if the device or the profile has none.
    package func usingMatrices(_ support: MatrixSupport, device: String) throws(DeviceError) -> VulkanProfile {
        if let obstacle = support.obstacle {
            throw .unavailable(device: device, reason: "products of 16-bit matrices: \(obstacle); ask for float32")
        }
        if matrixTiles.isEmpty {
            throw .unavailable(
                device: device,
                reason: "products of 16-bit matrices: the profile \(name) has no tiles for them; use the profile gpu")
        }
        var profile = self
        profile.product = .matrices(matrixTiles)
        // The kernel reads storage buffers only.
        profile.usesTexels = false
        return profile
    }
}

extension VulkanProfile.Product {
    /// Whether kernels use cooperative matrices.
    var usesMatrices: Bool {
        switch self {
        case .subgroup, .sharedTiles: false
        case .matrices: true
        }
    }

    /// What tiles are chosen from; nil if products are shaped otherwise.
    var tiles: [VulkanProfile.Tile]? {
        switch self {
        case .subgroup: nil
        case .sharedTiles(let tiles), .matrices(let tiles): tiles
        }
    }
}
