import Foundation
public import SwiffuseDiffusion
public import SwiffuseTensor

/// Runs checks on fixtures and folders of them.
///
/// ```swift
/// let runner = GoldenRunner(checks: GoldenRunner.libraryChecks + JiTGoldenChecks.all, registry: registry)
/// let report = try runner.run(folder: "golden", on: device)
/// ```
public struct GoldenRunner: Sendable {
    public let checks: [any GoldenCheck]
    public let registry: Registry

    public init(checks: [any GoldenCheck], registry: Registry) {
        self.checks = checks
        self.registry = registry
    }

    /// The checks of what does not belong to a plugin.
    public static let libraryChecks: [any GoldenCheck] = [
        LayersCheck(), DiTLayersCheck(), SamplerGridsCheck(), TimeAndGuidanceCheck(), AdamWCheck(), ImageFilesCheck(),
        ImageOpsCheck(), DTypeCastsCheck(), TorchFilesCheck(), MetricsCheck(),
    ]

    /// Runs all fixtures of a folder, sorted by name.
    ///
    /// - Parameters:
    ///   - filter: a glob that the fixture's name must match, such as `jit_*`.
    ///   - progress: called with each report.
    /// - Throws: `GoldenError.unreadable` if the folder cannot be listed or no fixture matches. Whatever is wrong with
    ///   a fixture is in its report.
    public func run(
        folder: String, filter: String = "*", on device: any Device, progress: (FixtureReport) -> Void = { _ in }
    ) throws(GoldenError) -> GoldenReport {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .unreadable(path: folder, reason: "it is not a folder that can be listed")
        }
        let all = names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
        let stems = all.filter { fnmatch(filter, $0, 0) == 0 }
        guard !stems.isEmpty else {
            throw .unreadable(path: folder, reason: "none of its \(all.count) fixtures matches \(filter)")
        }
        let reports = stems.map { stem in
            let report = run(path: "\(folder)/\(stem).json", on: device)
            progress(report)
            return report
        }
        return GoldenReport(device: device.id.name, fixtures: reports)
    }

    /// Runs one fixture.
    ///
    /// - Parameter path: its JSON file.
    public func run(path: String, on device: any Device) -> FixtureReport {
        let description: GoldenDescription
        do {
            description = try GoldenDescription(path: path)
        } catch {
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            return FixtureReport(fixture: name, kind: "", verdict: .fail, reason: "\(error)")
        }
        let suitable = checks.filter { $0.kinds.contains(description.kind) }
        guard !suitable.isEmpty else {
            return FixtureReport(
                fixture: description.name, kind: description.kind, verdict: .unsupported,
                reason: "no check knows the kind \(description.kind)")
        }
        do {
            let fixture = try GoldenFixture(description)
            let found = suitable.flatMap { results(of: $0, for: fixture, on: device) }
            return FixtureReport(
                fixture: description.name, kind: description.kind, results: merge(found, for: fixture))
        } catch {
            return FixtureReport(
                fixture: description.name, kind: description.kind, verdict: .fail, reason: "\(error)")
        }
    }

    private func results(
        of check: any GoldenCheck, for fixture: GoldenFixture, on device: any Device
    ) -> [GoldenResult] {
        do {
            return try check.run(fixture, on: device, with: registry)
        } catch {
            return GoldenFixture.results(of: error, for: fixture.references)
        }
    }

    /// One result per tensor: what one check leaves unsupported another may have compared; what none mentions has
    /// failed.
    private func merge(_ results: [GoldenResult], for fixture: GoldenFixture) -> [GoldenResult] {
        var order: [String] = []
        var merged: [String: GoldenResult] = [:]
        for result in results {
            switch merged[result.tensor] {
            case nil: order.append(result.tensor)
            case let earlier? where result.isFailure || (earlier.isUnsupported && !result.isUnsupported): break
            case .some: continue
            }
            merged[result.tensor] = result
        }
        let forgotten = fixture.references.filter { merged[$0] == nil }
        return order.compactMap { merged[$0] } + forgotten.map { .fail($0, "it was not compared") }
    }
}
