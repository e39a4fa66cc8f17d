import SwiffuseNN
import SwiffuseTensor

/// torch.nn.functional.interpolate with a size or a scale factor.
struct ResamplingCase {
    let fixture: GoldenFixture
    let name: String
    let device: any Device
    let shape: [Int]
    let rows: AxisResampling
    let columns: AxisResampling

    init(_ fixture: GoldenFixture, _ name: String, _ settings: FixtureSettings, _ device: any Device) throws {
        self.fixture = fixture
        self.name = name
        self.device = device
        shape = try fixture.shape(of: "inputs.\(name).x", expecting: [nil, nil, nil, nil])
        guard shape.allSatisfy({ $0 > 0 }) else { throw fixture.malformed("inputs.\(name).x is empty") }
        if try settings.bool("align_corners", default: false) {
            throw GoldenError.unsupported(reason: "align_corners=True")
        }
        let interpolation: Interpolation
        switch try settings.text("mode") {
        case "bicubic": interpolation = .bicubic
        case "bilinear": interpolation = .bilinear
        case let mode: throw GoldenError.unsupported(reason: "interpolation mode \(mode)")
        }
        let isAntialiased = try settings.bool("antialias", default: false)
        func resampling(ofAxis axis: Int, input: Int) throws(GoldenError) -> AxisResampling {
            let size = try Self.size(ofAxis: axis, settings, input: input)
            return AxisResampling(
                from: input, to: size.output, interpolation: interpolation, isAntialiased: isAntialiased,
                scale: size.scale)
        }
        rows = try resampling(ofAxis: 0, input: shape[2])
        columns = try resampling(ofAxis: 1, input: shape[3])
    }

    /// Number of pixels after resampling an axis, and input pixels per output pixel if given by a factor.
    private static func size(
        ofAxis axis: Int, _ settings: FixtureSettings, input: Int
    ) throws(GoldenError) -> (output: Int, scale: Double?) {
        let key = settings.contains("size") ? "size" : "scale_factor"
        let list = try settings.list(key)
        guard list.count == 2, let number = list[axis].number, number > 0 else {
            throw settings.malformed(key, "is not a list of two positive numbers")
        }
        let output = key == "size" ? number : (Double(input) * number).rounded(.down)
        guard (1...65_536).contains(output) else { throw settings.malformed(key, "is out of range") }
        return (Int(output), key == "size" ? nil : 1 / number)
    }

    func results() throws -> [GoldenResult] {
        let tape = Tape()
        let input = tape.watch(
            try fixture.tensor("inputs.\(name).x", shape: shape.map { $0 }, on: device))
        let output = input.interpolated(rows: rows, columns: columns)
        let seed = try fixture.tensor(
            "inputs.\(name).G", shape: output.shape.dimensions.map { $0 }, on: device)
        let gradient = tape.gradients(of: output, seed: seed, withRespectTo: [input])[0]
        let settings = try FixtureSettings(
            fixture.description.root.settings("tolerance").values, at: "tolerance", in: fixture.description.path
        ).settings("interpolate")
        let bound = GoldenBound.relative(
            l2: try settings.number("rel_l2"), maximum: try settings.number("max_abs_over_ref_max"))
        return try fixture.references(ofCase: name).map { key in
            switch key {
            case "outputs.\(name).y": return try fixture.compare(output.detached(), with: key, bound: bound)
            case "grads.\(name).x":
                guard let gradient else { return .fail(key, "no gradient reached the input") }
                return try fixture.compare(gradient, with: key, bound: bound)
            default: return .unsupported(key, "the quantity \(key)")
            }
        }
    }
}
