internal import SwiffuseTensor

extension OpCase {
    /// Linear layers of patches, and to patches.
    static var patches: [OpCase] {
        [
            OpCase("patchify-linear", [.normal([2, 3, 6, 9]), .normal([7, 27]), .normal([7])], tolerance: 2) {
                PatchifyLinearOp(PatchLayout(size: 3), hasBias: true)($0)
            },
            OpCase("patchify-linear, channels last", [.normal([2, 3, 10, 6]), .normal([5, 12])], tolerance: 2) {
                PatchifyLinearOp(PatchLayout(size: 2, order: .channelsLast), hasBias: false)($0)
            },
            OpCase("patchify-linear, weight in columns", [.normal([3, 1, 4, 8]), .normal([16, 9])], tolerance: 2) {
                PatchifyLinearOp(PatchLayout(size: 4), hasBias: false)([$0[0], $0[1].transposed()])
            },
            OpCase("patchify-linear, strided image", [.normal([8, 12, 3]), .normal([5, 48])], tolerance: 2) {
                let image = $0[0].permuted(to: [2, 0, 1]).reshaped(to: 1, 3, 8, 12).sliced(along: 3, 4..<12)
                return PatchifyLinearOp(PatchLayout(size: 4), hasBias: false)([image, $0[1]])
            },
            OpCase(
                "patchify-linear, many pieces", [.normal([1, 33, 82, 102]), .normal([3, 132]), .normal([3])],
                tolerance: 10
            ) {
                PatchifyLinearOp(PatchLayout(size: 2, order: .channelsLast), hasBias: true)($0)
            },
            OpCase("patchify-linear, large patches", [.normal([1, 131, 3, 6]), .normal([5, 1179])], tolerance: 10) {
                PatchifyLinearOp(PatchLayout(size: 3), hasBias: false)($0)
            },
            OpCase("linear-unpatchify", [.normal([2, 6, 11]), .normal([27, 11]), .normal([27])], tolerance: 2) {
                LinearUnpatchifyOp(PatchLayout(size: 3), rows: 2, columns: 3, hasBias: true)($0)
            },
            OpCase(
                "linear-unpatchify, channels last", [.normal([2, 15, 7]), .normal([12, 7]), .normal([12])], tolerance: 2
            ) {
                let layout = PatchLayout(size: 2, order: .channelsLast)
                return LinearUnpatchifyOp(layout, rows: 5, columns: 3, hasBias: true)($0)
            },
            OpCase("linear-unpatchify, weight in columns", [.normal([3, 2, 9]), .normal([9, 16])], tolerance: 2) {
                LinearUnpatchifyOp(PatchLayout(size: 4), rows: 1, columns: 2, hasBias: false)(
                    [$0[0], $0[1].transposed()])
            },
            OpCase(
                "linear-unpatchify, many pieces", [.normal([1, 2091, 3]), .normal([132, 3]), .normal([132])],
                tolerance: 10
            ) {
                let layout = PatchLayout(size: 2, order: .channelsLast)
                return LinearUnpatchifyOp(layout, rows: 41, columns: 51, hasBias: true)($0)
            },
            OpCase("linear-unpatchify, large patches", [.normal([1, 2, 5]), .normal([1179, 5])], tolerance: 10) {
                LinearUnpatchifyOp(PatchLayout(size: 3), rows: 1, columns: 2, hasBias: false)($0)
            },
        ]
    }
}
