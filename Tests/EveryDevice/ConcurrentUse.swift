import SwiffuseTensor
import Testing

/// Eight tasks compute on one device at once.
func checkConcurrentUse(of device: any Device) async throws {
    // Small whole numbers, so that every sum is exact.
    let sums = try await withThrowingTaskGroup(of: Float.self) { group in
        for index in 0..<8 {
            group.addTask {
                let x = Tensor.filled(Float(index), shape: [70, 70], on: device)
                return try (x.matmul(x) + x).sum().scalar()
            }
        }
        return try await group.reduce(into: Set<Float>()) { $0.insert($1) }
    }
    let expected = (0..<8).map { (index: Int) -> Float in Float((index * index * 70 + index) * 4900) }
    #expect(sums == Set(expected))
}
