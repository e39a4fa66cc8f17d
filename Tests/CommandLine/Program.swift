import Foundation

/// The built program, run as a process of its own.
struct Program {
    private let url: URL

    /// - Throws: if it has not been built beside the tests.
    init() throws {
        let folders = [CommandLine.arguments[0], Bundle.main.executablePath ?? ""].map {
            URL(fileURLWithPath: $0).deletingLastPathComponent()
        }
        let candidates = folders.map { $0.appendingPathComponent("swiffuse") }
        guard let url = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw Missing(places: candidates.map(\.path))
        }
        self.url = url
    }

    /// A program that the system has.
    init(path: String) { url = URL(fileURLWithPath: path) }

    var path: String { url.path }

    struct Missing: Error {
        let places: [String]
    }

    /// Starts a command; its words go nowhere.
    func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs a command to its end.
    ///
    /// - Returns: the exit code and what it said about errors.
    func run(_ arguments: [String]) throws -> (exitCode: Int32, messages: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = url
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = pipe
        try process.run()
        let messages = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, messages)
    }
}
