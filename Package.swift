// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "swiffuse",
    products: [
        .library(name: "SwiffuseTensor", targets: ["SwiffuseTensor"]),
        .library(name: "SwiffuseIO", targets: ["SwiffuseIO"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "SwiffuseTensor", swiftSettings: settings),
        .target(name: "SwiffuseNN", dependencies: ["SwiffuseTensor"], swiftSettings: settings),
        .target(
            name: "SwiffuseDiffusion",
            dependencies: ["SwiffuseTensor", "SwiffuseNN", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(
            name: "SwiffuseTraining", dependencies: ["SwiffuseTensor", "SwiffuseNN", "SwiffuseDiffusion"],
            swiftSettings: settings),
        .target(
            name: "SwiffuseJiT", dependencies: ["SwiffuseTensor", "SwiffuseNN", "SwiffuseDiffusion"],
            path: "Plugins/JiT", swiftSettings: settings),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CImages", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("z")]),
        .target(name: "SwiffuseIO", dependencies: ["CImages", "CZlib"], swiftSettings: settings),
        .testTarget(
            name: "NoDeviceTests",
            dependencies: ["SwiffuseIO"],
            path: "Tests/NoDevice",
            resources: [.copy("IO/Fixtures")],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
