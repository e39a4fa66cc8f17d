import ArgumentParser

/// The flags that say which pictures to draw.
struct SubjectOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Classes by number or name with commas between, or all.", valueName: "list"))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "Number of pictures. Default: one per class given; else 16, or 1 with a given picture.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Seed S of the first picture. Default: the recipe's.", valueName: "s"))
    var seed: Int?

    @Option(help: ArgumentHelp("Pictures drawn at once. Default: by size and memory, up to 64.", valueName: "n"))
    var batchSize: Int?

    func validate() throws {
        if let count, !(1...10_000_000).contains(count) {
            throw ValidationError("--count: found \(count), expected 1 to 10000000")
        }
        if let batchSize, !(1...65_536).contains(batchSize) {
            throw ValidationError("--batch-size: found \(batchSize), expected 1 to 65536")
        }
        if let seed, seed < 0 { throw ValidationError("--seed: found \(seed), expected 0 or more") }
        if let seed, seed > Int.max / 2 {
            throw ValidationError("--seed: found \(seed), expected at most \(Int.max / 2)")
        }
    }
}
