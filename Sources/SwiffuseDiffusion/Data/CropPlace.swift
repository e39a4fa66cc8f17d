internal import SwiffuseIO

/// Which part of a scaled picture is used.
public enum CropPlace: String, Codable, Sendable, CaseIterable {
    /// The middle.
    case center
    /// Another part in every epoch.
    case random

    var fit: ImageFit {
        switch self {
        case .center: .centerCrop
        case .random: .randomCrop
        }
    }
}
