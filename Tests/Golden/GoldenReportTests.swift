import Foundation
import SwiffuseCPU
import SwiffuseTesting
import Testing

@Suite struct GoldenReportTests {
    @Test func aFolderIsFilteredByName() throws {
        let report = try FixtureFolder.runner().run(
            folder: FixtureFolder.path, filter: "sampler_*", on: CPUDevice(threads: 1))
        #expect(report.fixtures.map(\.fixture) == ["sampler_grids"])
        #expect(report.exitStatus == 0)
        #expect(report.description.contains("1 passed, 0 FAILED, 0 unsupported"))
        let form = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
        #expect(form?["passed"] as? Int == 1)
    }

    @Test(arguments: ["nothing-like-this", "*.json"])
    func aFilterThatMatchesNothingIsAnError(_ filter: String) throws {
        let (runner, device) = (try FixtureFolder.runner(), try CPUDevice(threads: 1))
        #expect(throws: GoldenError.self) {
            _ = try runner.run(folder: FixtureFolder.path, filter: filter, on: device)
        }
    }

    @Test func differencesAreMeasuredRelativeToTheReference() {
        let difference = TensorDifference([3, 4.5, 0], reference: [3, 4, 0])
        #expect(difference.relativeL2 == 0.1)
        #expect(difference.relativeMaximum == 0.125)
        #expect(GoldenBound.relative(l2: 0.1, maximum: 0.13).objection(to: difference) == nil)
        #expect(GoldenBound.relative(l2: 0.1, maximum: 0.12).objection(to: difference) != nil)
        #expect(GoldenBound.relative(l2: 0.09, maximum: 0.13).objection(to: difference) != nil)
    }

    @Test(arguments: [(1e-8, true), (2e-7, false)])
    func zeroReferencesAreComparedAbsolutely(_ value: Double, _ passes: Bool) {
        let difference = TensorDifference([0, value], reference: [0, 0])
        #expect((GoldenBound.relative(l2: 1e-5, maximum: 1e-5).objection(to: difference) == nil) == passes)
    }

    @Test(arguments: [GoldenBound.relative(l2: 1, maximum: 1), .relativeL2(1), .absolute(1), .exact])
    func notANumberNeverPasses(_ bound: GoldenBound) {
        #expect(bound.objection(to: TensorDifference([.nan, 1], reference: [1, 1])) != nil)
        #expect(bound.objection(to: TensorDifference([1, 1], reference: [.nan, 1])) != nil)
        #expect(bound.objection(to: TensorDifference([.infinity, 1], reference: [1, 1])) != nil)
        #expect(bound.objection(to: TensorDifference([.infinity, 1], reference: [.infinity, 1])) == nil)
    }

    @Test func aFixtureWithoutAComparisonDoesNotPass() {
        #expect(FixtureReport(fixture: "x", kind: "y", results: []).verdict == .fail)
        let informative = GoldenResult(tensor: "outputs.a", verdict: .informative)
        #expect(FixtureReport(fixture: "x", kind: "y", results: [informative]).verdict == .fail)
        let unsupported = GoldenResult.unsupported("outputs.a", "no such thing")
        #expect(FixtureReport(fixture: "x", kind: "y", results: [unsupported]).verdict == .unsupported)
    }
}
