import SwiffuseDiffusion
import SwiffuseIO

/// Everything that a run writes down while it trains: tables, and the same for TensorBoard.
struct RunLogs {
    private let steps: CSVLog
    private let validation: CSVLog?
    private let board: TensorBoardLog?

    /// Opens the logs of a run; what was written about updates after `step` is cut off.
    ///
    /// - Parameter model: what is trained; its recipe says what is written down.
    init(_ folder: RunFolder, of model: DiffusionModel, keepingThrough step: Int) throws(FileError) {
        let training = model.recipe.training
        let facts = ["gradient_norm", "learning_rate", "images_per_second", "data_wait"]
        steps = try CSVLog(
            path: folder.logPath,
            columns: ["step", "loss"] + model.termNames.map(Self.name(ofTerm:))
                + (training.balance.isOn ? ["balance"] : []) + facts,
            keepingThrough: step)
        if training.validation.isOn {
            let bins = training.validation.bins
            validation = try CSVLog(
                path: folder.validationPath,
                columns: ["step", "weights", "loss"] + (0..<bins).map { Self.name(ofBin: $0, of: bins) },
                keepingThrough: step)
        } else {
            validation = nil
        }
        board = training.tensorBoard ? try TensorBoardLog(path: folder.eventsPath, keepingThrough: step) : nil
    }

    /// Writes down the last update, with the mean losses since the last time.
    ///
    /// - Parameters:
    ///   - interval: the updates since the last time, this one included.
    ///   - dataWaitShare: part of the time, 0…1, that was spent waiting for images.
    func add(
        _ report: StepReport, meansOf interval: LossInterval, imagesPerSecond: Double, dataWaitShare: Double
    ) throws(FileError) {
        try steps.append(
            [String(report.step), String(interval.mean)] + interval.termMeans.map { String($0) }
                + (report.balance.map { [String($0)] } ?? [])
                + [
                    String(report.gradientNorm), String(report.learningRate), String(imagesPerSecond),
                    String(dataWaitShare),
                ])
        let terms = zip(report.terms, interval.termMeans).map { (tag: Self.name(ofTerm: $0.name), value: Float($1)) }
        try board?.add(
            [("training/loss", Float(interval.mean))] + terms
                + (report.balance.map { [("training/balance", $0)] } ?? [])
                + [
                    ("training/gradient_norm", report.gradientNorm),
                    ("training/learning_rate", Float(report.learningRate)),
                    ("training/images_per_second", Float(imagesPerSecond)),
                    ("training/data_wait", Float(dataWaitShare)),
                ], step: report.step)
    }

    func add(_ report: ValidationReport) throws(FileError) {
        let facts = [String(report.step), report.weights, String(report.loss)]
        try validation?.append(facts + report.bins.map { String($0) })
        let bins = report.bins.enumerated().map { index, loss in
            ("validation/\(report.weights)/\(Self.name(ofBin: index, of: report.bins.count))", Float(loss))
        }
        try board?.add([("validation/\(report.weights)/loss", Float(report.loss))] + bins, step: report.step)
    }

    /// Adds a picture, given as the bytes of a PNG file.
    func add(png: [UInt8], of image: ImageBuffer, step: Int) throws(FileError) {
        try board?.add(png: png, of: image, tag: "samples", step: step)
    }

    /// Makes what was written survive a power cut.
    func synchronise() throws(FileError) {
        for path in [steps.path, validation?.path, board?.path].compactMap({ $0 }) {
            try AppendedFile.synchronise(path)
        }
    }

    /// A term's column and tag, such as `loss/lpips`.
    private static func name(ofTerm term: String) -> String { "loss/" + term }

    /// The times of a bin, such as `t_0.10_0.20`.
    private static func name(ofBin bin: Int, of count: Int) -> String {
        let digits = count > 100 ? 1000 : 100
        func text(_ edge: Int) -> String {
            let rounded = (edge * digits + count / 2) / count
            let fraction = String(digits + rounded % digits).dropFirst()
            return "\(rounded / digits).\(fraction)"
        }
        return "t_\(text(bin))_\(text(bin + 1))"
    }
}
