internal import CKernels
internal import SwiffuseTensor

extension CPURuntime {
    func unfold(_ geometry: PatchGeometry, _ image: BufferView, _ patches: BufferView, _ mode: WriteMode) {
        let windows = ck_windows(geometry, image: image, patches: patches)
        let (source, target) = (image.floats, patches.floats)
        if patches.strides[1] == 1 {
            pool.run(over: image.shape[0] * image.shape[1], grain: 1) { range in
                withUnsafePointer(to: windows) {
                    ck_unfold_planes($0, source, target, mode == .accumulate, range.lowerBound, range.upperBound)
                }
            }
            return
        }
        let grain = max(1, Self.elementGrain / max(1, patches.shape[2]))
        pool.run(over: patches.shape[0] * patches.shape[1], grain: grain) { range in
            withUnsafePointer(to: windows) {
                ck_unfold($0, source, target, mode == .accumulate, range.lowerBound, range.upperBound)
            }
        }
    }

    func fold(_ geometry: PatchGeometry, _ patches: BufferView, _ image: BufferView, _ mode: WriteMode) {
        let windows = ck_windows(geometry, image: image, patches: patches)
        let (source, target) = (patches.floats, image.floats)
        pool.run(over: image.shape[0] * image.shape[1], grain: 1) { range in
            withUnsafePointer(to: windows) {
                let fold = patches.strides[1] == 1 ? ck_fold_planes : ck_fold
                fold($0, source, target, mode == .accumulate, range.lowerBound, range.upperBound)
            }
        }
    }
}

extension ck_windows {
    fileprivate init(_ geometry: PatchGeometry, image: BufferView, patches: BufferView) {
        let grid = geometry.grid(height: image.shape[2], width: image.shape[3])
        self.init(
            channels: image.shape[1], height: image.shape[2], width: image.shape[3],
            kernel_height: geometry.kernel.height, kernel_width: geometry.kernel.width,
            stride_height: geometry.stride.height, stride_width: geometry.stride.width,
            padding_height: geometry.padding.height, padding_width: geometry.padding.width,
            rows: grid.rows, columns: grid.columns,
            image_strides: (image.strides[0], image.strides[1], image.strides[2], image.strides[3]),
            patch_strides: (patches.strides[0], patches.strides[1], patches.strides[2]))
    }
}
