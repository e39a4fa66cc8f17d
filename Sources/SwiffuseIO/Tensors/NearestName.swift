/// The candidate with the smallest edit distance to `name`, if any is similar enough to be a likely typing mistake.
package func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8)
    // Names from a hostile file may be huge, and the distance costs the product of both lengths.
    guard wanted.count <= 256 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let bytes = Array(candidate.utf8.prefix(257))
        let bound = best?.distance ?? max(2, wanted.count / 2 + 1)
        guard bytes.count <= 256, abs(bytes.count - wanted.count) < bound else { continue }
        let distance = editDistance(wanted, bytes)
        if distance < bound { best = (candidate, distance) }
    }
    return best?.name
}

/// Insertions, deletions and substitutions that turn `a` into `b` (Levenshtein).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let substitution = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, min(row[j], row[j + 1]) + 1)
        }
    }
    return row[b.count]
}
