public import SwiffuseDiffusion
import SwiffuseIO

/// What every `DataSource` must do.
public enum DataSourceConformance {
    /// Looks at the first and last pictures.
    ///
    /// - Parameter image: a size that the source can prepare its pictures for.
    /// - Returns: the rules that the source breaks.
    /// - Throws: `DataError` if the pictures cannot be opened or read.
    public static func findings(for source: some DataSource, image: ImageSpec) throws -> [ConformanceFinding] {
        var list = FindingList()
        let dataset = try source.dataset()
        list.expect(dataset.count > 0, "there are pictures", "there are none")
        list.expect(
            dataset.classNames.count == dataset.classCount, "every class has a name",
            "\(dataset.classNames.count) names for \(dataset.classCount) classes")
        let preparation = try source.preparation(for: image)
        list.expect(
            preparation.geometry == image.geometry, "pictures are brought to the model's size",
            "\(preparation.geometry) for \(image.geometry)")
        for index in Set(0..<min(4, dataset.count)).union(max(0, dataset.count - 4)..<dataset.count) {
            let label = dataset.label(at: index)
            list.expect(
                (0..<max(1, dataset.classCount)).contains(label), "labels are classes",
                "picture \(index) has the label \(label) of \(dataset.classCount)")
            list.expect(!dataset.name(at: index).isEmpty, "pictures have names for messages", "not picture \(index)")
            let picture = try dataset.image(at: index)
            list.expect(
                try dataset.image(at: index) == picture, "a number always means the same picture",
                "not \(index)")
            let values = try preparation.values(of: picture, name: dataset.name(at: index))
            list.expect(
                values.count == image.valueCount && values.allSatisfy { (-1...1).contains($0) },
                "prepared values lie in −1…1", "not those of picture \(index)")
        }
        return list.findings
    }
}
