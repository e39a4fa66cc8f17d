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
        let outcome = try Self.compile("kernels")
        #expect(outcome.status == 0)
        let kept = try Self.text(of: "kernels.c")
        // Another compiler version writes other words for the same program.
        if Self.generator(outcome.arrays) == Self.generator(kept) {
            #expect(outcome.arrays == kept, "run Sources/CVulkanKernels/compile")
        }
    }

    /// Without a compiler that knows matrices, an edited source with its old array is found by the digest that it carries.
    @Test func theArraysOfMatricesCarryTheDigestOfTheirSources() throws {
        let digest = try Self.run("digest").output.split(separator: "\n")
        let kept = try Self.text(of: "matrices.c").split(separator: "\n")
        #expect(digest.count == 1 && digest.allSatisfy { $0.count == 64 })
        #expect(
            kept.filter { $0.hasPrefix("// Sources: ") } == digest.map { "// Sources: \($0)" },
            "run Sources/CVulkanKernels/compile matrices")
    }

    /// The digest follows the sources of matrices and what they include.
    @Test(arguments: ["matrices/matmul_matrices.comp", "shaders/operands.glsl", "shaders/functions.glsl"])
    func theDigestFollowsTheSources(_ edited: String) throws {
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("kernels-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        try FileManager.default.copyItem(at: Self.folder, to: copy)
        let before = try Self.run("digest", in: copy).output
        let file = copy.appendingPathComponent(edited)
        try (String(contentsOf: file, encoding: .utf8) + "\n").write(to: file, atomically: true, encoding: .utf8)
        let after = try Self.run("digest", in: copy).output
        #expect(before == (try Self.run("digest").output) && before != after && after.count == 65)
    }

    /// Compiles and validates where the tools can; else they must be too old, and say so.
    @Test(.enabled(if: hasCompiler, "no shader compiler: apt-get install glslang-tools spirv-tools"))
    func theArraysOfMatricesAreTheCompiledSources() throws {
        let outcome = try Self.compile("matrices")
        if outcome.status == Self.tooOld {
            #expect(outcome.messages.contains("or newer"))
            return
        }
        #expect(outcome.status == 0, "\(outcome.messages)")
        let kept = try Self.text(of: "matrices.c")
        if Self.compiler(outcome.arrays) == Self.compiler(kept) {
            #expect(outcome.arrays == kept, "run Sources/CVulkanKernels/compile matrices")
        }
    }

    /// What `compile` ends with where the tools do not know matrices: EX_UNAVAILABLE.
    private static let tooOld: Int32 = 69

    private static func text(of name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// Compiles a part of the kernels; the arrays are empty if that fails.
    private static func compile(_ part: String) throws -> (status: Int32, arrays: String, messages: String) {
        let target = FileManager.default.temporaryDirectory.appendingPathComponent("kernels-\(UUID().uuidString).c")
        defer { try? FileManager.default.removeItem(at: target) }
        let outcome = try run(part, target.path)
        let arrays = outcome.status == 0 ? try String(contentsOf: target, encoding: .utf8) : ""
        return (outcome.status, arrays, outcome.messages)
    }

    /// Runs the script `compile`, which says little.
    private static func run(
        _ arguments: String..., in folder: URL = folder
    ) throws -> (status: Int32, output: String, messages: String) {
        let compile = Process()
        let (output, messages) = (Pipe(), Pipe())
        compile.executableURL = folder.appendingPathComponent("compile")
        compile.arguments = arguments
        compile.standardOutput = output
        compile.standardError = messages
        try compile.run()
        compile.waitUntilExit()
        let texts = [output, messages].map {
            String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        return (compile.terminationStatus, texts[0], texts[1])
    }

    /// The line that names the compiler of the matrices.
    private static func compiler(_ source: String) -> Substring? {
        source.split(separator: "\n").first { $0.hasPrefix("// Compiler: ") }
    }

    /// The third word of SPIR-V names the compiler.
    private static func generator(_ source: String) -> Substring? {
        source.range(of: "0x07230203,").flatMap { source[$0.upperBound...].split(separator: ",").dropFirst().first }
    }
}
