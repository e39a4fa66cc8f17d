import SwiffuseCPU
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct WindowColumnTests {
    @Test(arguments: [
        (kernel: (3, 3), stride: (1, 1), padding: (1, 1)), (kernel: (2, 3), stride: (1, 1), padding: (0, 2)),
        (kernel: (3, 2), stride: (2, 3), padding: (1, 0)), (kernel: (5, 4), stride: (3, 2), padding: (4, 3)),
        (kernel: (1, 1), stride: (1, 1), padding: (0, 0)),
    ])
    func theyAreTheWindowsTransposed(
        _ geometry: (kernel: (Int, Int), stride: (Int, Int), padding: (Int, Int))
    ) throws {
        let windows = PatchGeometry(
            kernel: (geometry.kernel.0, geometry.kernel.1), stride: (geometry.stride.0, geometry.stride.1),
            padding: (geometry.padding.0, geometry.padding.1))
        for device in [try CPUDevice(threads: 2), ReferenceDevice()] as [any Device] {
            var random = Philox(seed: 9)
            let dense = Tensor.normal([2, 3, 5, 7], using: &random, on: device)
            let strided = Tensor.normal([2, 5, 7, 3], using: &random, on: device).permuted(to: [0, 3, 1, 2])
            for image in [dense, strided] {
                let columns = image.unfoldedColumns(windows)
                let rows = image.unfolded(windows)
                #expect(try columns.scalars() == rows.transposed().scalars())
                let seed = Tensor.normal(columns.shape, using: &random, on: device)
                let tape = Tape()
                let watched = tape.watch(image)
                let gradient = tape.gradients(
                    of: watched.unfoldedColumns(windows), seed: seed, withRespectTo: [watched])[0]
                let expected = seed.transposed().contiguous().folded(windows, channels: 3, height: 5, width: 7)
                #expect(try gradient?.scalars() == expected.scalars())
            }
        }
    }
}
