internal import SwiffuseTensor

extension VulkanRuntime {
    func unfold(
        _ geometry: PatchGeometry, _ image: BufferView, _ patches: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        try windows(geometry, image: image, patches: patches, folds: false, mode)
    }

    func fold(
        _ geometry: PatchGeometry, _ patches: BufferView, _ image: BufferView, _ mode: WriteMode
    ) throws(DeviceError) {
        try windows(geometry, image: image, patches: patches, folds: true, mode)
    }

    private func windows(
        _ geometry: PatchGeometry, image: BufferView, patches: BufferView, folds: Bool, _ mode: WriteMode
    ) throws(DeviceError) {
        let (output, input) = folds ? (image, patches) : (patches, image)
        if input.count == 0 {
            try fill(0, output, mode)
            return
        }
        let grid = geometry.grid(height: image.shape[2], width: image.shape[3])
        let accumulates = mode == .accumulate
        try launch(
            .windows, [folds.word, accumulates.word, (patches.strides[2] == 1).word],
            [
                accumulates ? .updating(output) : .writing(output), .reading(input),
                accumulates ? .reading(output) : nil,
            ],
            PushWords(
                output.count, image.shape[1], image.shape[2], image.shape[3], geometry.kernel.height,
                geometry.kernel.width, geometry.stride.height, geometry.stride.width, geometry.padding.height,
                geometry.padding.width, grid.rows, grid.columns, image.place, patches.place, image.strides,
                patches.strides),
            invocations: output.count)
    }
}
