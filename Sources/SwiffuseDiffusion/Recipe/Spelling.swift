/// Words for messages: close spellings and safely quoted input.
package enum Spelling {
    /// The candidate that a misspelt word most likely means, if one is close enough.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let word = String(word.prefix(64))
        let limit = max(1, word.count / 3)
        let ranked = candidates.map { (candidate: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
        return best.candidate
    }

    /// Advice for an unknown word: "did you mean …?" if one is close, and the choices.
    package static func advice(for word: String, among candidates: [String]) -> String {
        let choices = candidates.isEmpty ? "there are none" : "known: \(candidates.joined(separator: ", "))"
        guard let nearest = nearest(to: word, among: candidates) else { return choices }
        return "did you mean \(nearest)? (\(choices))"
    }

    /// Input in quotes, cut short and on one line.
    package static func quoted(_ text: String) -> String { "\"\(shortened(text))\"" }

    /// Input cut short and on one line, without control characters.
    package static func shortened(_ text: String) -> String {
        let head = text.unicodeScalars.prefix(60).map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? " " : Character(scalar)
        }
        return String(head) + (text.unicodeScalars.count > 60 ? "…" : "")
    }

    /// The number of insertions, deletions, substitutions and swaps of neighbours between two words.
    private static func distance(_ first: String, _ second: String) -> Int {
        let a = Array(first)
        let b = Array(second)
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [Array(0...b.count)]
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
