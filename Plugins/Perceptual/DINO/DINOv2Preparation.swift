import SwiffuseNN
public import SwiffuseTensor

/// What is done to pictures before DINOv2 sees them: the statistics of ImageNet, then bicubic resizing by 14/16, so
/// that a patch of the diffusion model becomes one of the encoder.
///
/// As PixelGen's wrapper: normalised first, resized without antialiasing (a = −0.75), never clamped.
public struct DINOv2Preparation: Sendable, Hashable {
    /// Side of the encoder's patches in pixels.
    public let patchSize: Int
    /// Side of the diffusion model's patches in pixels.
    public let basePatchSize: Int

    public init(patchSize: Int = 14, basePatchSize: Int = 16) {
        self.patchSize = patchSize
        self.basePatchSize = basePatchSize
    }

    /// Pixels of a side after resizing.
    public func side(of extent: Int) -> Int { extent * patchSize / basePatchSize }

    /// - Parameter images: [B, 1 or 3, H, W] in 0…1.
    /// - Returns: [B, 3, H · patchSize / basePatchSize, W · patchSize / basePatchSize].
    public func callAsFunction(_ images: Tensor) -> Tensor {
        let mean = Tensor([0.485, 0.456, 0.406], shape: [1, 3, 1, 1], on: images.device)
        let deviation = Tensor([0.229, 0.224, 0.225], shape: [1, 3, 1, 1], on: images.device)
        return ((images - mean) / deviation).interpolated(rows: axis(images.shape[2]), columns: axis(images.shape[3]))
    }

    private func axis(_ extent: Int) -> AxisResampling {
        AxisResampling(from: extent, to: side(of: extent), interpolation: .bicubic)
    }
}
