extension ImageBuffer {
    /// The middle square at `side` × `side` pixels, as ADM prepares ImageNet.
    ///
    /// The picture is halved with a box filter while its shorter side is at least 2 · `side`, then scaled with bicubic
    /// interpolation until the shorter side is `side`, then cropped (guided-diffusion, image_datasets.py, MIT licence).
    public func centerCropped(side: Int) -> ImageBuffer {
        require(side > 0, "centre crop to side \(side)")
        var image = self
        while min(image.width, image.height) >= 2 * side {
            image = image.resized(width: image.width / 2, height: image.height / 2, filter: .box)
        }
        let scale = Double(side) / Double(min(image.width, image.height))
        image = image.resized(
            width: Int((Double(image.width) * scale).rounded(.toNearestOrEven)),
            height: Int((Double(image.height) * scale).rounded(.toNearestOrEven)), filter: .bicubic)
        return image.cropped(
            x: (image.width - side) / 2, y: (image.height - side) / 2, width: side, height: side)
    }
}
