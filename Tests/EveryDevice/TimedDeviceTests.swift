import SwiffuseCPU
import SwiffuseTensor
import Testing

@Suite struct TimedDeviceTests {
    @Test func countsWhatRunsWhileItMeasures() throws {
        let device = TimedDevice(try CPUDevice())
        let x = Tensor.random(.normal, [7, 5], from: Philox(seed: 1), on: device)
        let weight = Tensor.random(.normal, [3, 5], from: Philox(seed: 2), on: device)
        let costs = try device.costs {
            let tape = Tape()
            let (x, weight) = (tape.watch(x), tape.watch(weight))
            let y = LinearOp(hasBias: false)([x, weight])[0]
            _ = tape.gradients(of: (y * y).sum(), withRespectTo: [x, weight])
        }
        let found = Dictionary(uniqueKeysWithValues: costs.map { ($0.name, $0) })
        let forward = try #require(found["linear"])
        #expect(forward.launches == 1)
        #expect(forward.floatingPointOperations == 2 * 7 * 5 * 3)
        #expect(forward.bytes == 4 * (7 * 5 + 3 * 5 + 7 * 3))
        let backward = try #require(found["linear gradient"])
        #expect(backward.floatingPointOperations == 2 * forward.floatingPointOperations)
        #expect(backward.bytes == 4 * (2 * (7 * 5 + 3 * 5) + 7 * 3))
        #expect(costs.allSatisfy { $0.seconds > 0 && $0.launches > 0 })
        #expect(try device.costs {}.isEmpty)
    }

    @Test func computesWhatItsBaseComputes() throws {
        let base = try CPUDevice()
        let devices: [any Device] = [base, TimedDevice(base)]
        let results = try devices.map { device -> [Float] in
            let x = Tensor.random(.normal, [9, 6], from: Philox(seed: 3), on: device)
            return try SiLUOp()([x])[0].exp().scalars()
        }
        #expect(results[0] == results[1])
    }
}
