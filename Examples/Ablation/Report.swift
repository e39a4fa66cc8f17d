import Foundation
import Swiffuse

/// Runs a study on one kind of pictures and writes its table and its pictures.
struct Report {
    private let study: Study
    private let pictures: Pictures
    private let plan: Plan
    private let laboratory: Laboratory

    init(_ study: Study, _ pictures: Pictures, _ plan: Plan, _ laboratory: Laboratory) {
        self.study = study
        self.pictures = pictures
        self.plan = plan
        self.laboratory = laboratory
    }

    /// Seed by seed, so that an interrupted study has whole rows early.
    ///
    /// - Returns: the table, which also lies in the study's folder as `<pictures>.md`, beside `<pictures>.png`: a band of
    ///   samples of the first seed for each variant, in order.
    func write(_ encoders: Encoders) throws -> String {
        let reference = try laboratory.reference(for: pictures, encoders: encoders)
        let variants = study.variants
        var results = variants.map { _ in [Laboratory.Result]() }
        for seed in 0..<plan.seeds {
            for (index, variant) in variants.enumerated() {
                say("\(pictures.rawValue), \(variant.title), seed \(seed)")
                results[index].append(
                    try laboratory.result(
                        variant, pictures, seed: seed, encoders: encoders, reference: reference))
            }
        }
        var table = ResultTable()
        for (variant, results) in zip(variants, results) { table.add(variant.title, results) }
        let base = "\(laboratory.folder)/\(pictures.rawValue)"
        try AtomicFile.write(Array((table.markdown + "\n").utf8), to: base + ".md")
        let bands = try variants.map {
            try ImageFile.read(laboratory.runFolder($0, pictures, seed: 0).path + "/pictures.png")
        }
        try PNG.write(try ImageGrid(columns: 1, padding: 4, background: 255).tiled(bands), to: base + ".png")
        return table.markdown
    }
}
