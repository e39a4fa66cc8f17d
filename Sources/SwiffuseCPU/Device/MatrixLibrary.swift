internal import CKernels
internal import COneDNN
internal import COpenBLAS
internal import SwiffuseTensor

/// Who multiplies matrices on the processor.
public enum MatrixLibrary: String, CaseIterable, Sendable {
    case openBLAS = "openblas"
    case oneDNN = "onednn"

    /// oneDNN where it is installed and the processor has AVX-512, else OpenBLAS. With AVX-512, products of a
    /// transformer's sizes were measured 1.0 to 1.2 times as fast, those of attention and small windows 1.2 to 1.35
    /// times.
    public static var preferred: MatrixLibrary {
        String(cString: ck_simd_level()) == "AVX-512" && oneDNN.isInstalled ? .oneDNN : .openBLAS
    }

    /// Whether a device can be made with it.
    public var isInstalled: Bool {
        switch self {
        case .openBLAS: copenblas_load()
        case .oneDNN: copenblas_load() && conednn_load()
        }
    }

    /// Opens the library; OpenBLAS is needed in any case.
    ///
    /// - Throws: `DeviceError.unavailable`, with what to install.
    func load() throws(DeviceError) {
        let reason = copenblas_error() ?? (self == .oneDNN ? conednn_error() : nil)
        if let reason { throw .unavailable(device: "cpu", reason: String(cString: reason)) }
    }

    /// Its product; the library must be loaded.
    var product: MatrixLibraryProduct {
        switch self {
        case .openBLAS: copenblas_sgemm
        case .oneDNN: ck_onednn_product
        }
    }

    /// What `swiffuse devices` tells of it; the library must be loaded.
    var details: [(label: String, value: String)] {
        let blas = [
            ("OpenBLAS kernels", String(cString: copenblas_core_name())),
            ("OpenBLAS", String(cString: copenblas_configuration())),
        ]
        let name =
            switch self {
            case .openBLAS: "OpenBLAS"
            case .oneDNN: "oneDNN \(String(cString: conednn_version()))"
            }
        return [("matrix products", name)] + blas
    }
}

/// A matrix product on the calling thread: `ck_product`.
typealias MatrixLibraryProduct =
    @convention(c) (
        Bool, Bool, Int, Int, Int, Float, UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, Float,
        UnsafeMutablePointer<Float>?, Int
    ) -> Void
