import Foundation
import Testing

/// The generated arrays of compute kernels belong to their sources.
@Suite struct KernelSourceTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../Sources/CVulkanKernels").standardizedFileURL

    private static var hasCompiler: Bool {
        ["glslangValidator", "spirv-val"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
    }

    @Test(.enabled(if: hasCompiler, "no shader compiler: apt-get install glslang-tools spirv-tools"))
    func theArraysAreTheCompiledSources() throws {
        let target = FileManager.default.temporaryDirectory.appendingPathComponent("kernels-\(UUID().uuidString).c")
        defer { try? FileManager.default.removeItem(at: target) }
        let compile = Process()
        compile.executableURL = Self.folder.appendingPathComponent("compile")
        compile.arguments = [target.path]
        try compile.run()
        compile.waitUntilExit()
        #expect(compile.terminationStatus == 0)
        let found = try String(contentsOf: target, encoding: .utf8)
        let kept = try String(contentsOf: Self.folder.appendingPathComponent("kernels.c"), encoding: .utf8)
        // Another compiler version writes other words for the same program.
        if Self.generator(found) == Self.generator(kept) {
            #expect(found == kept, "run Sources/CVulkanKernels/compile")
        }
    }

    /// The third word of SPIR-V names the compiler.
    private static func generator(_ source: String) -> Substring? {
        source.range(of: "0x07230203,").flatMap { source[$0.upperBound...].split(separator: ",").dropFirst().first }
    }
}
