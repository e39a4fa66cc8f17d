internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<AdamWOp> {
    /// Parameter, moments and averages are read and written once, in place.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<AdamWOp> {
        FusedKernel(
            forward: { op, call in
                // Outside of an in-place update, results are separate memory: start from the old values.
                for (input, output) in zip(call.inputs, call.outputs) where input.base != output.base {
                    runtime.copy(input, output, .overwrite)
                }
                AdamWCall(op, call).run(on: runtime)
            },
            backward: nil)
    }
}

private struct AdamWCall {
    private let values: [UnsafeMutablePointer<Float>]
    private let gradient: UnsafePointer<Float>
    private let factor: Float
    private let count: Int
    private let op: AdamWOp

    init(_ op: AdamWOp, _ call: FusedKernel<AdamWOp>.Forward) {
        self.op = op
        values = call.outputs.map(\.floats)
        gradient = UnsafePointer(call.inputs[call.outputs.count].floats)
        factor = call.inputs[call.outputs.count + 1].floats.pointee
        count = call.outputs[0].count
    }

    func run(on runtime: CPURuntime) {
        let blends = op.decays.map { ck_blend($0) }
        let averages: [UnsafeMutablePointer<Float>?] = Array(values.dropFirst(3))
        blends.withUnsafeBufferPointer { blends in
            let step = ck_adamw(
                gradient_scale: factor, kept: Float(1 - op.learningRate * op.weightDecay), first: ck_blend(op.beta1),
                second: ck_blend(op.beta2), rate: Float(op.correctedRate),
                inverse_root: Float(op.inverseRootCorrection),
                epsilon: Float(op.epsilon), average_count: blends.count, averages: blends.baseAddress)
            runtime.pool.run(over: count, grain: CPURuntime.elementGrain) { range in
                withUnsafePointer(to: step) {
                    ck_adamw_step(
                        $0, values[0], values[1], values[2], gradient, averages, range.lowerBound, range.upperBound)
                }
            }
        }
    }
}

extension ck_blend {
    fileprivate init(_ decay: Double) { self.init(kept: Float(decay), added: Float(1 - decay)) }
}
