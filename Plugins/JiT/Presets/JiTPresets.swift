import SwiffuseDiffusion

/// The recipes that come with JiT.
enum JiTPresets {
    static var all: [Preset] {
        [
            JiTSize.base.preset(at: .small), JiTSize.base.preset(at: .large),
            JiTSize.large.preset(at: .small), JiTSize.large.preset(at: .large),
            JiTSize.huge.preset(at: .small), JiTSize.huge.preset(at: .large),
            fashionMNIST, fashionMNISTDecoder, fashionMNISTFrequency, pictures,
        ]
    }
}
