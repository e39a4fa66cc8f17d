import SwiffuseNN
import SwiffuseTensor

/// The velocity field of a network under guidance.
struct GuidedField {
    let sampler: DiffusionSampler
    let condition: SamplingCondition
    let pass: Pass

    /// The guided velocity of a batch of states [B, C, H, W].
    func callAsFunction(_ state: Tensor, _ query: VelocityQuery) -> Tensor {
        switch (evaluations(for: query), sampler.reference) {
        case (.conditional, _): return main(state, query, condition.wanted)
        case (.unconditional, .unconditional): return main(state, query, condition.unconditional)
        case (.unconditional, .weaker(let weaker)): return reference(weaker, state, query)
        case (.both, .unconditional):
            let doubled = Tensor.concatenated([state, state], along: 0)
            let both = main(doubled, query, condition.unconditional.followed(by: condition.wanted))
            let halves = both.chunked(into: 2, along: 0)
            return sampler.guidance.combine(conditional: halves[1], unconditional: halves[0])
        case (.both, .weaker(let weaker)):
            return sampler.guidance.combine(
                conditional: main(state, query, condition.wanted), unconditional: reference(weaker, state, query))
        }
    }

    func evaluationCount(for query: VelocityQuery) -> Int { evaluations(for: query) == .both ? 2 : 1 }

    private func evaluations(for query: VelocityQuery) -> GuidanceEvaluations {
        switch sampler.reference {
        case .weaker: sampler.guidance.evaluations(for: query)
        case .unconditional: condition.isGuidable ? sampler.guidance.evaluations(for: query) : .conditional
        }
    }

    private func main(_ state: Tensor, _ query: VelocityQuery, _ condition: Condition) -> Tensor {
        velocity(of: state, at: query.time, condition, by: sampler.backbone, sampler.target, in: pass)
    }

    private func reference(_ weaker: WeakerModel, _ state: Tensor, _ query: VelocityQuery) -> Tensor {
        velocity(of: state, at: query.time, condition.wanted, by: weaker.backbone, weaker.target, in: weaker.pass)
    }

    private func velocity(
        of state: Tensor, at time: Float, _ condition: Condition, by backbone: any Backbone,
        _ target: any PredictionTarget, in pass: Pass
    ) -> Tensor {
        let count = state.shape[0]
        let times = Tensor.filled(time, shape: [count], on: state.device)
        let raw = backbone.predict(state, times: times, condition: condition, in: pass)
        return target.velocity(
            from: raw, noisy: state, times: [Float](repeating: time, count: count), along: sampler.path, for: .sampling)
    }
}
