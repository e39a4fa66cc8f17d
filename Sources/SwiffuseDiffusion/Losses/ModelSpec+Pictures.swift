extension ModelSpec {
    /// Checks that images are grey or in colour, as losses that look at them as pictures need it.
    ///
    /// - Parameter loss: the loss, for the message.
    public func checkIsPicture(for loss: String) throws(RecipeError) {
        guard image.channels == 1 || image.channels == 3 else {
            throw RecipeError(
                .conflict, at: "", "\(loss) needs images with 1 or 3 channels, these have \(image.channels)",
                advice: "leave the loss out, or change image.channels")
        }
    }
}
