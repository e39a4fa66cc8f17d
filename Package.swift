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
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "SwiffuseTensor", swiftSettings: settings),
        .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CKernels", dependencies: ["COpenBLAS"]),
        .target(
            name: "SwiffuseCPU", dependencies: ["COpenBLAS", "CKernels", "SwiffuseTensor"], swiftSettings: settings),
        .target(name: "SwiffuseNN", dependencies: ["SwiffuseTensor"], swiftSettings: settings),
        .target(
            name: "SwiffuseDiffusion",
            dependencies: ["SwiffuseTensor", "SwiffuseNN", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
