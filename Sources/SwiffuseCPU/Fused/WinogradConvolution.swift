internal import CKernels
internal import SwiffuseTensor

/// A convolution of 3 × 3 windows one pixel apart by Winograd's minimal filtering F(4 × 4, 3 × 3): a quarter of the
/// multiplications (Lavin & Gray, arXiv:1509.09308).
///
/// A task transforms the pixels of some tiles, multiplies them in 36 products and transforms the results, all in its
/// core's cache. Largest error against Float64 relative to the outputs' root mean square, with normal values: 2·10⁻⁶ at
/// 5 channels, 7·10⁻⁶ at 64 and 2·10⁻⁵ at 512, where one long product has 7·10⁻⁷, 2·10⁻⁶ and 2·10⁻⁶.
struct WinogradConvolution {
    private let images: Int
    /// Of the images read and of those written.
    private let channels: (read: Int, written: Int)
    private let tiles: ck_winograd
    /// Whether the images read are the outputs' cotangent: then the windows are turned and their channels exchanged.
    private let isBackward: Bool

    private static let products = Int(ck_winograd_products)
    private static let vector = Int(ck_winograd_lanes)
    private static let tile = Int(ck_winograd_tile)

    /// nil where windows in columns are as fast or the windows are others.
    init?(forward shape: ConvolutionShape) {
        self.init(
            shape, isBackward: false, channels: (shape.channels, shape.outputs), read: (shape.height, shape.width),
            written: (shape.rows, shape.columns), padding: shape.geometry.padding)
    }

    /// The gradient with respect to the images; nil where windows in columns are as fast or the windows are others.
    init?(backward shape: ConvolutionShape) {
        let padding = shape.geometry.padding
        self.init(
            shape, isBackward: true, channels: (shape.outputs, shape.channels), read: (shape.rows, shape.columns),
            written: (shape.height, shape.width), padding: (2 - padding.height, 2 - padding.width))
    }

    private init?(
        _ shape: ConvolutionShape, isBackward: Bool, channels: (read: Int, written: Int),
        read: (height: Int, width: Int), written: (rows: Int, columns: Int), padding: (height: Int, width: Int)
    ) {
        let geometry = shape.geometry
        guard
            geometry.kernel == (3, 3) && geometry.stride == (1, 1) && (0...2).contains(padding.height)
                && (0...2).contains(padding.width)
        else { return nil }
        let (down, across) = (
            (written.rows + Self.tile - 1) / Self.tile, (written.columns + Self.tile - 1) / Self.tile
        )
        // Measured on one core: with 3 channels columns are 1.6 times faster, with 8 this is 2.3 times faster; with 512
        // channels the transformed weights cost as much as 32 tiles save.
        guard channels.read >= 8 && shape.images * down * across >= 48 else { return nil }
        images = shape.images
        self.channels = channels
        self.isBackward = isBackward
        tiles = ck_winograd(
            height: read.height, width: read.width, padding_height: padding.height, padding_width: padding.width,
            rows: written.rows, columns: written.columns, tile_rows: down, tile_columns: across, lanes: 0)
    }

    private var tileCount: Int { images * tiles.tile_rows * tiles.tile_columns }

    /// Tiles of a task: what 0.6 MB of transformed values hold, so that they and the weights stay in the core's cache;
    /// more of them where the weights are too long for that and each task reads them all. At most what leaves work for
    /// all threads.
    private func lanes(threadCount: Int) -> Int {
        let sum = channels.read + channels.written
        let least = sum >= 512 ? 4 : sum >= 256 ? 3 : 2
        let fitting = max(least, min(8, 150_000 / (Self.products * sum * Self.vector)))
        let share = (tileCount + threadCount * Self.vector - 1) / (threadCount * Self.vector)
        return min(fitting, share) * Self.vector
    }

    /// - Parameters:
    ///   - source: the images read.
    ///   - mask: like the source, which counts as 0 where this is not positive.
    ///   - weight: [O, C, 3, 3], as the forward pass reads it.
    func run(
        _ runtime: CPURuntime, _ source: UnsafePointer<Float>, mask: UnsafePointer<Float>? = nil,
        weight: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ epilogue: ck_convolution_epilogue
    ) throws(DeviceError) {
        let weights = try transformed(weight, runtime)
        var tiles = tiles
        tiles.lanes = lanes(threadCount: runtime.pool.threadCount)
        let (tileCount, lanes) = (tileCount, tiles.lanes)
        let steps = (pixels: Self.step(channels.read * lanes), results: Self.step(channels.written * lanes))
        let sizes = (pixels: Self.products * steps.pixels, results: Self.products * steps.results)
        let scratch = try runtime.scratch((sizes.pixels + sizes.results) * runtime.pool.threadCount)
        runtime.pool.run((tileCount + lanes - 1) / lanes) { [tiles] task, worker in
            let pixels = scratch.floats + worker * (sizes.pixels + sizes.results)
            let results = pixels + sizes.pixels
            let range = task * lanes..<min(tileCount, (task + 1) * lanes)
            withUnsafePointer(to: tiles) { tiles in
                ck_winograd_pixels(
                    tiles, channels.read, source, mask, pixels, steps.pixels, range.lowerBound, range.upperBound)
                multiply(weights.floats, pixels, into: results, lanes: lanes, tileCount: range.count, on: runtime)
                withUnsafePointer(to: epilogue) {
                    ck_winograd_results(
                        tiles, channels.written, results, steps.results, $0, target, range.lowerBound, range.upperBound)
                }
            }
        }
    }

    /// Numbers from one of the 36 parts to the next; a line of the cache more than the part, whose size may be a power
    /// of two.
    private static func step(_ count: Int) -> Int { count + vector }

    /// The weights [36, channels written, channels read].
    private func transformed(
        _ weight: UnsafePointer<Float>, _ runtime: CPURuntime
    ) throws(DeviceError) -> CPUBuffer {
        let (elements, step) = (9, Self.step(channels.read * channels.written))
        let result = try runtime.scratch(Self.products * step)
        let filters =
            isBackward
            ? ck_winograd_filters(
                weights: weight, row_stride: elements, column_stride: channels.written * elements,
                columns: channels.read, flips: true)
            : ck_winograd_filters(
                weights: weight, row_stride: channels.read * elements, column_stride: elements,
                columns: channels.read, flips: false)
        let grain = max(1, CPURuntime.elementGrain / (Self.products * channels.read))
        runtime.pool.run(over: channels.written, grain: grain) { range in
            withUnsafePointer(to: filters) {
                ck_winograd_weights($0, result.floats, step, range.lowerBound, range.upperBound)
            }
        }
        return result
    }

    private func multiply(
        _ weights: UnsafePointer<Float>, _ pixels: UnsafePointer<Float>, into results: UnsafeMutablePointer<Float>,
        lanes: Int, tileCount: Int, on runtime: CPURuntime
    ) {
        // Whole vectors: what the last lanes hold without a tile is 0.
        let columns = (tileCount + Self.vector - 1) / Self.vector * Self.vector
        for product in 0..<Self.products {
            MatrixProduct(
                rows: channels.written, columns: columns, depth: channels.read,
                a: MatrixOperand(
                    weights + product * Self.step(channels.read * channels.written), stride: channels.read),
                b: MatrixOperand(pixels + product * Self.step(channels.read * lanes), stride: lanes),
                c: results + product * Self.step(channels.written * lanes), cStride: lanes
            ).compute(on: runtime)
        }
    }
}
