// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "custom-backbone",
    products: [
        .executable(name: "mixer", targets: ["MixerTool"]),
        .library(name: "MixerParts", targets: ["MixerParts"]),
    ],
    dependencies: [
        // The name matters: without it the folder of the clone would be the package's identity.
        .package(name: "swiffuse", path: "../..")
    ],
    targets: [
        .target(
            name: "MixerParts", dependencies: [.product(name: "Swiffuse", package: "swiffuse")],
            swiftSettings: settings),
        .executableTarget(
            name: "MixerTool",
            dependencies: ["MixerParts", .product(name: "SwiffuseCommands", package: "swiffuse")],
            swiftSettings: settings),
        .testTarget(
            name: "MixerPartsTests",
            dependencies: [
                "MixerParts", .product(name: "Swiffuse", package: "swiffuse"),
                .product(name: "SwiffuseTesting", package: "swiffuse"),
            ], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
