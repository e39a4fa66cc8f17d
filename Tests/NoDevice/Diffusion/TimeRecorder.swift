import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import Synchronization

/// Times that a network was called with.
final class TimeLog: Sendable {
    private let times = Mutex<[Float]>([])

    func append(_ time: Float) { times.withLock { $0.append(time) } }

    var all: [Float] { times.withLock { $0 } }
}

/// A backbone that notes the times and predicts what it is given.
struct TimeRecorder: Backbone {
    let times: TimeLog

    func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        if let time = try? times.scalars().first { self.times.append(time) }
        return BackboneOutput(raw: noisy)
    }
}
