/// The files of a new plugin package.
struct PluginTemplate {
    let name: PluginName
    let location: SwiffuseLocation

    var key: String { name.key }
    var type: String { name.type }
    var module: String { name.module }

    /// Paths inside the package, with what stands in them.
    var files: [(path: String, text: String)] {
        [
            ("Package.swift", package),
            (".gitignore", ".build/\nPackage.resolved\n/run/\n"),
            ("README.md", readme),
            ("Sources/\(module)/\(type)Backbone.swift", backbone),
            ("Sources/\(module)/\(type)Block.swift", block),
            ("Sources/\(module)/\(type)Plugin.swift", plugin),
            ("Sources/\(type)Tool/main.swift", program),
            ("Tests/\(module)Tests/\(type)Tests.swift", "import \(module)\n" + tests),
        ]
    }

    private var program: String {
        """
        import \(module)
        import SwiffuseCommands

        SwiffuseCommandLine.main(plugins: [\(type)Plugin()])

        """
    }

    private var readme: String {
        """
        # \(type)

        A backbone for [Swiffuse](\(location.address)), with its whole command line.

        ```sh
        swift test -c release                                    # the conformance kit and a recipe
        swift run -c release \(key) components backbone
        swift run -c release \(key) train fashion-mnist-\(key) --out run
        swift run -c release \(key) sample run --grid pictures.png
        ```

        The first build takes some minutes. Always build with `-c release`: without it, everything is ten times slower.

        - `Sources/\(module)/\(type)Backbone.swift`: from a noisy image to a prediction.
        - `Sources/\(module)/\(type)Block.swift`: the place for your idea.
        - `Sources/\(module)/\(type)Plugin.swift`: what recipes can name. Solvers, losses, time samplers, targets, paths,
          guidance and data sources are registered there in the same way.
        - `Tests/\(module)Tests`: rules that every backbone keeps; run them after each change.

        """
    }

    private var package: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let settings: [SwiftSetting] = [
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("ExistentialAny"),
        ]

        let package = Package(
            name: "\(key)",
            products: [
                .executable(name: "\(key)", targets: ["\(type)Tool"]),
                .library(name: "\(module)", targets: ["\(module)"]),
            ],
            dependencies: [
                \(location.dependency)
            ],
            targets: [
                .target(
                    name: "\(module)", dependencies: [.product(name: "Swiffuse", package: "\(location.package)")],
                    swiftSettings: settings),
                .executableTarget(
                    name: "\(type)Tool",
                    dependencies: ["\(module)", .product(name: "SwiffuseCommands", package: "\(location.package)")],
                    swiftSettings: settings),
                .testTarget(
                    name: "\(module)Tests",
                    dependencies: [
                        "\(module)", .product(name: "Swiffuse", package: "\(location.package)"),
                        .product(name: "SwiffuseTesting", package: "\(location.package)"),
                    ], swiftSettings: settings),
            ],
            swiftLanguageModes: [.v6]
        )

        """
    }
}
