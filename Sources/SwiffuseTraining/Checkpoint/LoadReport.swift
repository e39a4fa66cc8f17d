import SwiffuseIO
public import SwiffuseTensor

/// How the tensors of a file met the parameters of a model.
public struct LoadReport: Error, Sendable, Equatable {
    /// A parameter that the file does not have.
    public struct Missing: Sendable, Equatable {
        public let key: String
        /// The most similar name among the tensors that nobody asked for; only the first few have one.
        public let nearest: String?

        public init(key: String, nearest: String?) {
            self.key = key
            self.nearest = nearest
        }
    }

    /// A parameter that has another shape in the file.
    public struct Mismatch: Sendable, Equatable {
        public let key: String
        public let found: [Int]
        public let expected: Shape

        public init(key: String, found: [Int], expected: Shape) {
            self.key = key
            self.found = found
            self.expected = expected
        }
    }

    public let path: String
    /// Number of parameters that got their values from the file.
    public var loadedCount = 0
    public var missing: [Missing] = []
    public var mismatched: [Mismatch] = []
    /// Tensors that no parameter asked for.
    public var unused: [String] = []
    /// Parameters that only the losses need and a file for drawing does without.
    public var leftOut: [String] = []
    /// Parameters whose values hold NaN or infinity, with which no training can begin.
    public var nonFinite: [String] = []
    /// If nothing was loaded: what stands before the model's keys in the file.
    public var prefixes: [String] = []

    public init(path: String) { self.path = path }

    /// Whether every parameter found its values and every tensor its parameter.
    public var isComplete: Bool { missing.isEmpty && mismatched.isEmpty && unused.isEmpty }

    /// Finds the most similar names for those missing parameters that are shown; a file may have any number of tensors, of
    /// which the first ones are enough for advice.
    mutating func addAdvice() {
        let candidates = unused.prefix(10_000)
        for index in missing.indices.prefix(Self.shownCount) {
            let key = missing[index].key
            missing[index] = Missing(key: key, nearest: nearestName(to: key, in: candidates))
        }
    }

    /// How many names of each sort a message shows.
    private static let shownCount = 3
}

extension LoadReport: CustomStringConvertible {
    /// One line that names the first few of each.
    public var description: String {
        let lacking = missing.map { $0.key + ($0.nearest.map { " (nearest: \($0))" } ?? "") }
        let shapes = mismatched.map { "\($0.key) \($0.found), the model needs \($0.expected)" }
        let parts = [
            Self.part("missing", lacking), Self.part("of another shape", shapes), Self.part("unused", unused),
            Self.part("that only losses need left out", leftOut), Self.part("with NaN or infinity", nonFinite), advice,
        ].compactMap { $0 }
        let total = loadedCount + missing.count + mismatched.count
        let counts = "\(path): \(loadedCount) of \(total) parameters loaded"
        return ([counts] + parts).joined(separator: "; ").printable
    }

    private var advice: String? {
        guard nonFinite.isEmpty else { return "training cannot begin with these: take other weights" }
        guard !prefixes.isEmpty else { return nil }
        let names = prefixes.map { $0.isEmpty ? "no prefix" : "'\($0)'" }.joined(separator: " or ")
        return "the model's keys lie under \(names): name one as the prefix"
    }

    private static func part(_ title: String, _ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let rest = names.count > shownCount ? ", …" : ""
        return "\(names.count) \(title): \(names.prefix(shownCount).joined(separator: ", "))\(rest)"
    }
}
