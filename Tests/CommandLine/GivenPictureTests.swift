import Foundation
import Swiffuse
import SwiffuseCommands
import Testing

/// `sample` with pictures that go in, and with what comes out besides pictures.
@Suite struct GivenPictureTests {
    private let tiny: TinyRecipe
    private let run: String

    init() throws {
        tiny = try TinyRecipe()
        run = try tiny.train(into: "run", "--threads", "1")
    }

    private func sample(_ further: String...) throws -> CommandOutcome {
        try CommandLineSession().run(["sample", run] + further)
    }

    private func picture(_ name: String) throws -> ImageBuffer { try PNG.read(tiny.folder(name)).image }

    private func text(_ name: String) throws -> String {
        try #require(try PNG.read(tiny.folder(name)).texts.first { $0.keyword == "parameters" }).value
    }

    private func write(_ name: String, side: Int = 12, _ value: (Int) -> Int) throws -> String {
        let pixels = (0..<side * side).map { UInt8(value($0)) }
        try PNG.write(ImageBuffer(width: side, height: side, channels: 1, pixels: pixels), to: tiny.folder(name))
        return tiny.folder(name)
    }

    // What comes out

    @Test func trajectoryHasARowPerPictureAndAColumnPerState() throws {
        let outcome = try sample(
            "--count", "2", "--trajectory", tiny.folder("way.png"), "--out", tiny.folder("out"), "--batch-size", "1")
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let way = try picture("way.png")
        // Four states of three steps, 12 pixels each with 2 between.
        #expect((way.width, way.height) == (4 * 14 + 2, 2 * 14 + 2))
        for (row, name) in ["seed-000004-class-0.png", "seed-000005-class-1.png"].enumerated() {
            let last = way.cropped(x: 3 * 14 + 2, y: row * 14 + 2, width: 12, height: 12)
            #expect(last == (try picture("out/" + name)))
        }
        let first = way.cropped(x: 2, y: 2, width: 12, height: 12)
        let noise = DiffusionSampler.noise(
            seeds: [4], image: ImageSpec(channels: 1, height: 12, width: 12), on: try CPUDevice(threads: 1))
        #expect(first.pixels == (try noise.scalars().map { PixelConversion.sample($0) }))
        #expect(!tiny.folder.exists("samples.png"))
    }

    @Test func animationEndsWithThePictures() throws {
        let outcome = try sample("--count", "2", "--apng", tiny.folder("way.png"), "--grid", tiny.folder("grid.png"))
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let bytes = try tiny.folder.bytes(of: "way.png")
        for (type, count) in [("acTL", 1), ("fcTL", 4), ("IDAT", 1)] {
            #expect(bytes.split(separator: Array(type.utf8)).count == count + 1, "\(type)")
        }
        let (first, grid) = (try picture("way.png"), try picture("grid.png"))
        #expect((first.width, first.height) == (grid.width, grid.height) && first != grid)
    }

    @Test func tooLargeTrajectoriesAreRefusedBeforeDrawing() throws {
        let outcome = try sample("--trajectory", tiny.folder("way.png"), "--steps", "5000")
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains("--trajectory") && outcome.messages.contains("--steps"))
    }

    // What goes in

    @Test func variationsDependOnTheStrength() throws {
        let source = try write("source.png") { $0 * 255 / 143 }
        func change(_ strength: String) throws -> Int {
            let outcome = try sample("--from", source, "--strength", strength, "--grid", tiny.folder("grid.png"))
            #expect(outcome.exitCode == 0, "\(outcome.messages)")
            let drawn = try picture("grid.png").cropped(x: 2, y: 2, width: 12, height: 12)
            return try zip(drawn.pixels, picture("source.png").pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }
        #expect(try change("0.02") < change("0.9"))
        #expect(try text("grid.png").contains("strength: 0.9"))
    }

    @Test func strengthOneIsPlainSampling() throws {
        let source = try write("source.png") { $0 }
        let one = try sample(
            "--from", source, "--strength", "1", "--classes", "0,1", "--out", tiny.folder("from"), "--count", "3")
        let other = try sample("--classes", "0,1", "--out", tiny.folder("plain"), "--count", "3")
        #expect(one.exitCode == 0 && other.exitCode == 0, "\(one.messages)")
        for name in try FileManager.default.contentsOfDirectory(atPath: tiny.folder("plain")) {
            #expect(try picture("from/" + name) == picture("plain/" + name))
        }
    }

    @Test func inpaintingKeepsWhatIsBlackInTheMask() throws {
        let source = try write("source.png") { ($0 * 37) % 256 }
        let mask = try write("mask.png") { $0 % 12 < 6 ? 255 : 0 }
        let outcome = try sample(
            "--inpaint", source, "--mask", mask, "--count", "3", "--classes", "light", "--out", tiny.folder("out"))
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        let kept = try picture("source.png").pixels
        for seed in 4..<7 {
            let drawn = try picture("out/seed-00000\(seed)-class-1.png").pixels
            let changed = drawn.indices.filter { drawn[$0] != kept[$0] }
            #expect(changed.allSatisfy { $0 % 12 < 6 } && changed.count > 30)
        }
    }

    @Test func inversionDrawsThePictureAgainAndTellsTheError() throws {
        let source = try write("source.png") { 100 + $0 % 12 }
        let outcome = try sample("--invert", source, "--steps", "20", "--grid", tiny.folder("again.png"))
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(outcome.output.contains("inverting with heun, 20 steps"))
        #expect(outcome.output.contains("reconstruction error"))
        #expect(try picture("again.png").width == 16)
        let other = try sample(
            "--invert", source, "--steps", "20", "--solver", "unipc", "--grid", tiny.folder("again.png"))
        #expect(other.exitCode == 0 && other.output.contains("inverting with heun"), "\(other.messages)")
    }

    @Test func picturesOfOtherSizesAreFitted() throws {
        let source = try write("large.png", side: 30) { $0 % 251 }
        #expect(try sample("--from", source, "--grid", tiny.folder("grid.png")).exitCode == 0)
        let line = ImageBuffer(width: 8000, height: 1, channels: 3, filledWith: 9)
        try PNG.write(line, to: tiny.folder("line.png"))
        #expect(try sample("--from", tiny.folder("line.png"), "--grid", tiny.folder("grid.png")).exitCode == 0)
        try AtomicFile.write(
            try JPEG.encode(line.cropped(x: 0, y: 0, width: 90, height: 1)), to: tiny.folder("line.jpg"))
        #expect(try sample("--invert", tiny.folder("line.jpg"), "--grid", tiny.folder("grid.png")).exitCode == 0)
    }

    // Solvers and auto-guidance

    @Test(arguments: ["unipc", "dpm-solver-2m", "sde-euler", "sde-heun"])
    func everySolverDrawsTheSamePictureInAnyBatch(_ solver: String) throws {
        for (folder, batch) in [("one", "1"), ("three", "3")] {
            let outcome = try sample(
                "--solver", solver, "--count", "3", "--batch-size", batch, "--out", tiny.folder(folder))
            #expect(outcome.exitCode == 0, "\(outcome.messages)")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: tiny.folder("one")) {
            let (first, other) = (try picture("one/" + name).pixels, try picture("three/" + name).pixels)
            #expect(zip(first, other).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        }
    }

    @Test func aRecipeMayTrainAndSampleWithNoise() throws {
        let noisy = try tiny.train(into: "noisy", "--threads", "1", "--set", "sampling.solver=sde-heun")
        let outcome = try CommandLineSession().run("sample", noisy, "--count", "2", "--grid", tiny.folder("grid.png"))
        #expect(outcome.exitCode == 0, "\(outcome.messages)")
        #expect(try text("grid.png").contains("solver: sde-heun"))
        #expect(try CommandLineSession().run("check", tiny.path, "--set", "sampling.solver=sde-euler").exitCode == 0)
    }

    @Test func autoGuidanceByTheSameWeightsChangesNothing() throws {
        let plain = try sample("--guidance", "1", "--count", "2", "--out", tiny.folder("plain"))
        let guided = try sample("--auto-guidance", run, "--guidance", "3", "--count", "2", "--out", tiny.folder("same"))
        let other = try sample(
            "--auto-guidance", run, "--auto-guidance-ema", "raw", "--guidance", "3", "--count", "2", "--out",
            tiny.folder("other"))
        #expect(plain.exitCode == 0 && guided.exitCode == 0 && other.exitCode == 0, "\(guided.messages)")
        var differences = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: tiny.folder("plain")) {
            let pixels = try picture("plain/" + name).pixels
            let same = try picture("same/" + name).pixels
            #expect(zip(pixels, same).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
            differences += try zip(pixels, picture("other/" + name).pixels).filter { $0 != $1 }.count
        }
        #expect(differences > 0)
    }

    @Test func theWeakerCheckpointMustDrawTheSameKindOfPictures() throws {
        let smaller = try tiny.train(
            into: "smaller", "--threads", "1", "--set", "image.height=8", "--set", "image.width=8")
        let outcome = try sample("--auto-guidance", smaller)
        #expect(outcome.exitCode == 2)
        for word in ["--auto-guidance", "1×8×8", "1×12×12"] {
            #expect(outcome.messages.contains(word), "\(outcome.messages)")
        }
        let shallow = try tiny.train(into: "shallow", "--threads", "1", "--set", "backbone.depth=2")
        let guided = try sample("--auto-guidance", shallow, "--count", "2", "--grid", tiny.folder("grid.png"))
        #expect(guided.exitCode == 0, "\(guided.messages)")
    }

    @Test func mistakesAreNamed() throws {
        let source = try write("source.png") { $0 }
        let small = try write("small.png", side: 5) { $0 }
        let mistakes: [([String], [String])] = [
            (["--from", tiny.folder("none.png")], ["--from", "none.png"]),
            (["--from", tiny.path], ["--from", "not a PNG or JPEG"]),
            (["--from", source, "--strength", "0"], ["--strength", "0.001 to 1"]),
            (["--strength", "0.5"], ["--strength", "--from"]),
            (["--from", source, "--invert", source], ["--from and --invert"]),
            (["--inpaint", source], ["--inpaint", "--mask"]),
            (["--mask", source], ["--mask", "--inpaint"]),
            (["--inpaint", source, "--mask", small], ["--mask", "5×5", "12×12"]),
            (["--invert", source, "--count", "2"], ["--count", "--invert"]),
            (["--invert", source, "--classes", "0,1"], ["--classes", "--invert"]),
            (["--auto-guidance", run, "--guidance", "1"], ["--auto-guidance", "--guidance"]),
            (["--auto-guidance", tiny.folder("none")], ["none", "No such file"]),
            (["--auto-guidance", run, "--auto-guidance-ema", "0.7"], ["--auto-guidance-ema", "0.9"]),
            (["--auto-guidance-ema", "raw"], ["--auto-guidance-ema", "--auto-guidance"]),
            (["--trajectory", "way.gif"], ["--trajectory", ".png"]),
            (["--apng", tiny.folder("missing/way.png")], ["--apng", "missing"]),
            (["--solver", "unipc", "--set", "sampling.solver.order=7"], ["sampling.solver.order", "1 to 3"]),
        ]
        for (arguments, words) in mistakes {
            let outcome = try CommandLineSession().run(["sample", run] + arguments)
            #expect(outcome.exitCode == 2, "\(arguments): \(outcome.messages)")
            #expect(outcome.messages.split(separator: "\n").count == 1, "\(outcome.messages)")
            for word in words { #expect(outcome.messages.contains(word), "\(arguments): \(outcome.messages)") }
        }
    }
}
