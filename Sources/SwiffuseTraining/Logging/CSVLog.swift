public import SwiffuseIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A table that grows by a line per report, as comma-separated values with a header.
public struct CSVLog: Sendable {
    public let path: String
    private let columns: [String]

    /// Opens a log; lines beyond `step` (of updates that a resumed run does again) and a line that was not finished are
    /// cut off.
    ///
    /// The lines of a log with other columns, as an older version writes it, keep what they have: a column that they
    /// lack is empty, one that is no longer known is left out.
    ///
    /// - Parameters:
    ///   - path: the file; made if missing.
    ///   - columns: names; the first column is the step.
    ///   - step: number of updates done so far.
    public init(path: String, columns: [String], keepingThrough step: Int) throws(FileError) {
        self.path = path
        self.columns = columns
        let header = columns.joined(separator: ",")
        var lines = [header]
        if step > 0 && access(path, F_OK) == 0 {
            let text = String(decoding: try FileContents.read(path), as: UTF8.self)
            // What follows the last line feed is empty, or a line that was not finished.
            let old = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            let names = old.first.map { $0.split(separator: ",").map(String.init) } ?? []
            if names.first == columns.first {
                let places = columns.map { names.firstIndex(of: $0) }
                for line in old.dropFirst() {
                    let values = line.split(separator: ",", omittingEmptySubsequences: false)
                    guard values.count == names.count, let number = Int(values[0]), number <= step else { continue }
                    lines.append(places.map { place in place.map { String(values[$0]) } ?? "" }.joined(separator: ","))
                }
            }
        }
        try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
    }

    /// Adds a line.
    public func append(_ values: [String]) throws(FileError) {
        require(values.count == columns.count)
        try AppendedFile.append(Array((values.joined(separator: ",") + "\n").utf8), to: path)
    }

    private func require(_ isRight: Bool) {
        if !isRight { fatalError("CSVLog: a line must have the columns \(columns)") }
    }
}
