// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A Swift target under Sources.
func source(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A Swift target under Plugins.
func plugin(_ name: String, folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Plugins/\(folder)", swiftSettings: settings)
}

let package = Package(
    name: "swiffuse",
    products: [
        .executable(name: "swiffuse", targets: ["SwiffuseTool"]),
        .library(name: "Swiffuse", targets: ["Swiffuse"]),
        .library(name: "SwiffuseCommands", targets: ["SwiffuseCommands"]),
        .library(name: "SwiffuseTensor", targets: ["SwiffuseTensor"]),
        .library(name: "SwiffuseCPU", targets: ["SwiffuseCPU"]),
        .library(name: "SwiffuseVulkan", targets: ["SwiffuseVulkan"]),
        .library(name: "SwiffuseIO", targets: ["SwiffuseIO"]),
        .library(name: "SwiffuseEvaluation", targets: ["SwiffuseEvaluation"]),
        .library(name: "SwiffuseTesting", targets: ["SwiffuseTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CImages", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("z")]),
        .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CKernels", dependencies: ["COpenBLAS", "COneDNN"]),
        .target(name: "CVulkan", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CVulkanKernels", exclude: ["shaders", "matrices", "compile"]),
        source("SwiffuseTensor", []),
        source("SwiffuseCPU", ["COpenBLAS", "COneDNN", "CKernels", "SwiffuseTensor"]),
        source("SwiffuseVulkan", ["CVulkan", "CVulkanKernels", "SwiffuseTensor"]),
        source("SwiffuseNN", ["SwiffuseTensor"]),
        source("SwiffuseIO", ["CImages", "CZlib"]),
        source(
            "SwiffuseDiffusion",
            ["SwiffuseTensor", "SwiffuseNN", "SwiffuseIO", .product(name: "Yams", package: "Yams")]),
        source("SwiffuseTraining", ["SwiffuseTensor", "SwiffuseNN", "SwiffuseIO", "SwiffuseDiffusion"]),
        source(
            "SwiffuseEvaluation", ["COpenBLAS", "SwiffuseTensor", "SwiffuseNN", "SwiffuseIO", "SwiffuseDiffusion"]),
        source(
            "SwiffuseTesting",
            [
                "SwiffuseTensor", "SwiffuseNN", "SwiffuseIO", "SwiffuseDiffusion", "SwiffuseTraining",
                "SwiffuseEvaluation",
            ]),
        plugin("SwiffuseJiT", folder: "JiT", ["SwiffuseTensor", "SwiffuseNN", "SwiffuseDiffusion", "SwiffuseTesting"]),
        plugin(
            "SwiffusePerceptual", folder: "Perceptual",
            [
                "SwiffuseTensor", "SwiffuseNN", "SwiffuseIO", "SwiffuseDiffusion", "SwiffuseTraining",
                "SwiffuseEvaluation", "SwiffuseTesting",
            ]),
        plugin(
            "SwiffuseInception", folder: "Inception",
            ["SwiffuseTensor", "SwiffuseNN", "SwiffuseDiffusion", "SwiffuseEvaluation"]),
        plugin("SwiffuseDiT", folder: "DiT", ["SwiffuseTensor", "SwiffuseNN", "SwiffuseDiffusion", "SwiffuseTesting"]),
        plugin(
            "SwiffuseDeCo", folder: "DeCo", ["SwiffuseTensor", "SwiffuseNN", "SwiffuseDiffusion", "SwiffuseTesting"]),
        plugin(
            "SwiffusePixNerd", folder: "PixNerd",
            ["SwiffuseTensor", "SwiffuseNN", "SwiffuseDiffusion", "SwiffuseTesting"]),
        source(
            "Swiffuse",
            [
                "SwiffuseTensor", "SwiffuseCPU", "SwiffuseVulkan", "SwiffuseNN", "SwiffuseIO", "SwiffuseDiffusion",
                "SwiffuseTraining", "SwiffuseEvaluation", "SwiffuseJiT", "SwiffusePerceptual", "SwiffuseInception",
                "SwiffuseDiT", "SwiffuseDeCo",
                "SwiffusePixNerd",
            ]),
        source(
            "SwiffuseCommands",
            [
                "Swiffuse", "SwiffuseTesting", "SwiffuseJiT", "SwiffusePerceptual", "SwiffuseDiT", "SwiffuseDeCo",
                "SwiffusePixNerd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // The product is called swiffuse; a module of that name would clash with Swiffuse where case does not count.
        .executableTarget(name: "SwiffuseTool", dependencies: ["SwiffuseCommands"], swiftSettings: settings),
        .executableTarget(
            name: "quickstart", dependencies: ["Swiffuse"], path: "Examples/Quickstart", exclude: ["README.md"],
            swiftSettings: settings),
        .executableTarget(
            name: "judge", dependencies: ["Swiffuse"], path: "Examples/Judge", exclude: ["README.md"],
            swiftSettings: settings),
        .executableTarget(
            name: "ablation",
            dependencies: ["Swiffuse", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Examples/Ablation", exclude: ["README.md", "results"], swiftSettings: settings),
        .executableTarget(
            name: "modelzoo",
            dependencies: ["Swiffuse", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Examples/ModelZoo/Sources", swiftSettings: settings),
        .executableTarget(
            name: "swap-backends", dependencies: ["Swiffuse"], path: "Examples/SwapBackends", exclude: ["README.md"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandLineTests", dependencies: ["Swiffuse", "SwiffuseCommands", "SwiffuseTesting"],
            path: "Tests/CommandLine", swiftSettings: settings),
        .testTarget(
            name: "EveryDeviceTests",
            dependencies: ["SwiffuseTensor", "SwiffuseCPU", "SwiffuseVulkan", "SwiffuseTesting"],
            path: "Tests/EveryDevice", swiftSettings: settings),
        .testTarget(
            name: "NoDeviceTests",
            dependencies: [
                "SwiffuseTensor", "SwiffuseNN", "SwiffuseIO", "SwiffuseDiffusion", "SwiffuseTesting", "SwiffuseJiT",
                "SwiffuseEvaluation",
            ], path: "Tests/NoDevice",
            resources: [.copy("IO/Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "PluginTests",
            dependencies: [
                "Swiffuse", "SwiffuseTensor", "SwiffuseNN", "SwiffuseIO", "SwiffuseCPU", "SwiffuseVulkan",
                "SwiffuseDiffusion", "SwiffuseTraining", "SwiffuseEvaluation", "SwiffuseTesting", "SwiffuseJiT",
                "SwiffusePerceptual", "SwiffuseInception",
            ], path: "Tests/Plugins", swiftSettings: settings),
        .testTarget(
            name: "GoldenTests",
            dependencies: [
                "SwiffuseTensor", "SwiffuseCPU", "SwiffuseIO", "SwiffuseDiffusion", "SwiffuseTraining",
                "SwiffuseTesting",
                "SwiffuseJiT", "SwiffusePerceptual", "SwiffuseDiT", "SwiffuseDeCo", "SwiffusePixNerd",
            ],
            path: "Tests/Golden", resources: [.copy("Fixtures")], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
