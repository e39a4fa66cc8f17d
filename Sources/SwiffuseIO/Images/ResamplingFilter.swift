import Glibc

/// Kernels of Pillow's resampler (Pillow, src/libImaging/Resample.c, MIT-CMU licence).
public enum ResamplingFilter: String, Sendable, CaseIterable {
    case box, bilinear, bicubic, lanczos

    /// Half the kernel's width in source pixels when enlarging.
    var support: Double {
        switch self {
        case .box: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The kernel at distance `x` from its centre.
    func weight(at x: Double) -> Double {
        let distance = abs(x)
        switch self {
        case .box:
            return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear:
            return distance < 1 ? 1 - distance : 0
        case .bicubic:
            let a = -0.5
            if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
            if distance < 2 { return (((distance - 5) * distance + 8) * distance - 4) * a }
            return 0
        case .lanczos:
            return x >= -3 && x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
        }
    }

    private static func sinc(_ x: Double) -> Double {
        if x == 0 { return 1 }
        let angle = x * Double.pi
        return sin(angle) / angle
    }
}
