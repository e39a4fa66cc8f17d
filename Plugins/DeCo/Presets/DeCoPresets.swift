import SwiffuseDiffusion

/// The recipes that come with DeCo.
enum DeCoPresets {
    static var all: [Preset] {
        [DeCoSize.large.preset, DeCoSize.extraLarge.preset, DeCoSize.extraLarge512.preset, fashionMNIST]
    }
}
