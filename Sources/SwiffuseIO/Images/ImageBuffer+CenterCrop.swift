extension ImageBuffer {
    /// The middle square at `side` × `side` pixels, as ADM prepares ImageNet: `covering` the square, then cropped.
    public func centerCropped(side: Int) -> ImageBuffer { centerCropped(width: side, height: side) }

    /// The middle part at `width` × `height` pixels of the picture `covering` that size; an odd rest is cut off at the
    /// right and the bottom.
    public func centerCropped(width: Int, height: Int) -> ImageBuffer {
        let image = covering(width: width, height: height)
        return image.cropped(
            x: (image.width - width) / 2, y: (image.height - height) / 2, width: width, height: height)
    }

    /// The picture scaled, with its proportions, until it just covers `width` × `height` pixels.
    ///
    /// It is halved with a box filter while both sides are at least twice as long as needed, then scaled with bicubic
    /// interpolation (guided-diffusion, image_datasets.py, MIT licence, where the part is square).
    public func covering(width: Int, height: Int) -> ImageBuffer {
        require(width > 0 && height > 0, "a picture to cover \(width)×\(height)")
        var image = self
        while image.width >= 2 * width && image.height >= 2 * height {
            image = image.resized(width: image.width / 2, height: image.height / 2, filter: .box)
        }
        let (newWidth, newHeight) = image.coveringSize(width: width, height: height)
        return image.resized(width: newWidth, height: newHeight, filter: .bicubic)
    }

    /// The size to which `covering` scales a picture that it need not halve.
    func coveringSize(width: Int, height: Int) -> (width: Int, height: Int) {
        let scale = max(Double(width) / Double(self.width), Double(height) / Double(self.height))
        return (
            Int((Double(self.width) * scale).rounded(.toNearestOrEven)),
            Int((Double(self.height) * scale).rounded(.toNearestOrEven))
        )
    }
}
