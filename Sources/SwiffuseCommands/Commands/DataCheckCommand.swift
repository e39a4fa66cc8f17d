import ArgumentParser
import Swiffuse

/// Decodes every picture of a folder and says what it found.
struct DataCheckCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Decode every picture of a folder and say what is in it.",
        discussion: """
            A folder whose pictures lie in folders is taken as class folders (data: { type: class-folders }), otherwise \
            as pictures without classes (data: { type: picture-folder }). Damaged pictures are named; training skips \
            them, or refuses them with --strict. The exit code is 1 if there are any.

            Examples:
              swiffuse data check photos
              swiffuse data check photos --size 256
            """)

    @Argument(help: "A folder of pictures, or of one folder of pictures per class.")
    var folder: String

    @Option(
        help: ArgumentHelp("Side of the model's images in pixels; counts pictures that are smaller.", valueName: "n"))
    var size: Int?

    @Flag(help: "Ignore folders as classes: take all pictures below the folder.")
    var withoutClasses = false

    func validate() throws {
        if let size, !(1...16_384).contains(size) {
            throw ValidationError("--size: found \(size), expected 1 to 16384")
        }
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        let listing = try FolderListing(path: folder)
        let hasClasses = !withoutClasses && listing.hasNoPictures && !listing.folders.isEmpty
        let survey = hasClasses ? try classes(environment) : try pictures(environment)
        for line in DataReport(survey).lines(size: size) { environment.say(line) }
        return survey.damaged.isEmpty ? 0 : CommandFailure.machineFailure
    }

    private func classes(_ environment: CommandEnvironment) throws -> DatasetSurvey {
        let dataset = try ClassFolderDataset(root: folder)
        let survey = try survey(dataset, environment)
        var table = Table([.right, .left, .right], header: ["class", "name", "pictures"])
        for (label, name) in dataset.classNames.enumerated() {
            table.add([String(label), name, Amount.count(survey.countByClass[label])])
        }
        for line in table.lines() { environment.say(line) }
        environment.say()
        return survey
    }

    private func pictures(_ environment: CommandEnvironment) throws -> DatasetSurvey {
        let dataset = try PictureFolderDataset(root: folder)
        let survey = try survey(dataset, environment)
        environment.say("without classes; \(Amount.count(dataset.captionCount)) pictures have a caption")
        for index in 0..<dataset.count { _ = try dataset.caption(at: index) }
        return survey
    }

    private func survey(_ dataset: some ImageDataset, _ environment: CommandEnvironment) throws -> DatasetSurvey {
        var progress = ProgressLine(environment.messages)
        defer { progress.finish() }
        let preparation = try size.map {
            try ImagePreparation(ImageGeometry(channels: 3, height: $0, width: $0), fit: .centerCrop)
        }
        return try DatasetSurvey(dataset, preparation: preparation) { done in
            progress.show("\(Amount.count(done)) of \(Amount.count(dataset.count)) pictures")
        }
    }
}

extension FolderListing {
    /// Whether no file of this folder is a picture.
    fileprivate var hasNoPictures: Bool {
        !files.contains { file in
            file.split(separator: ".").last.map { ImageFile.extensions.contains($0.lowercased()) } ?? false
        }
    }
}
