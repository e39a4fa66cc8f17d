/// What stands before the keys of a file's tensors, such as `state_dict/ema_denoiser.`: advice for those who named a
/// prefix that the file does not have.
package enum TensorPrefixes {
    /// How many are named at most.
    private static let maximumCount = 4
    /// How many are tried at most: each costs a look at every key.
    private static let maximumTrialCount = 64

    /// The prefixes under which at least half of a model's keys lie, in the order of the file.
    package static func holding(_ keys: [String], in names: [String]) -> [String] {
        let known = Set(names)
        var found: [String] = []
        var tried: Set<String> = []
        // The longest keys are the least likely to end others by chance.
        for key in keys.sorted(by: { ($1.utf8.count, $0) < ($0.utf8.count, $1) }).prefix(3) {
            for name in names where name.hasSuffix(key) {
                let prefix = String(name.dropLast(key.count))
                guard isPrefix(prefix), tried.insert(prefix).inserted else { continue }
                guard tried.count <= maximumTrialCount else { return found }
                let count = keys.count { known.contains(prefix + $0) }
                if 2 * count >= keys.count { found.append(prefix) }
                if found.count == maximumCount { return found }
            }
            if !found.isEmpty { return found }
        }
        return found
    }

    /// The prefixes of a file that end in one that it does not have; if there are none, the most similar one.
    package static func similar(to prefix: String, in names: [String]) -> [String] {
        var found: [String] = []
        for name in names where !prefix.isEmpty {
            guard let range = name.firstRange(of: prefix) else { continue }
            let longer = String(name[..<range.upperBound])
            guard isPrefix(String(name[..<range.lowerBound])), !found.contains(longer) else { continue }
            found.append(longer)
            if found.count == maximumCount { return found }
        }
        guard found.isEmpty else { return found }
        var groups: Set<String> = []
        for name in names { groups.formUnion(parents(of: name)) }
        groups.remove("")
        return nearestName(to: prefix, in: groups.sorted()).map { [$0] } ?? []
    }

    /// The prefixes that contain a name or a prefix, the longest first: `a/b.` has `a/` and the empty one.
    package static func parents(of name: String) -> [String] {
        var parents: [String] = []
        var rest = name.dropLast()
        while let separator = rest.lastIndex(where: isSeparator) {
            parents.append(String(rest[...separator]))
            rest = rest[..<separator]
        }
        return name.isEmpty ? [] : parents + [""]
    }

    private static func isPrefix(_ text: String) -> Bool { text.last.map(isSeparator) ?? true }

    private static func isSeparator(_ character: Character) -> Bool { character == "." || character == "/" }
}
