import SwiffuseNN
import SwiffuseTensor

/// Finds out which value of an update is not finite.
struct FinitenessCheck {
    /// Number of the update, from 1.
    let step: Int

    /// The mean over the passes of an update of the loss, and of each of the terms whose sum it is.
    ///
    /// - Throws: `TrainingError.notFinite` naming the term, or the `DeviceError` of a failed operation.
    func loss(
        _ passes: [[LossTerm]], parameters: ParameterStore
    ) throws -> (total: Float, terms: [StepReport.Term]) {
        var total: Float = 0
        var sums = [Float](repeating: 0, count: passes.first?.count ?? 0)
        for terms in passes {
            for (index, term) in terms.enumerated() {
                let value = try term.value.scalar()
                guard value.isFinite else {
                    let parameter = try firstNonFinite(in: parameters)
                    let place = NonFiniteValue.Place.loss(term: term.name, parameter: parameter)
                    throw TrainingError.notFinite(NonFiniteValue(place, value: value, step: step))
                }
                total += value
                sums[index] += value
            }
        }
        let count = Float(passes.count)
        let means = zip(passes.first ?? [], sums).map { StepReport.Term(name: $0.name, value: $1 / count) }
        return (total / count, means)
    }

    /// The error that names the first parameter whose gradient is not finite.
    func culprit(
        in gradients: Gradients, of store: ParameterStore, terms passes: [[LossTerm]]
    ) throws -> TrainingError {
        let terms = try passes.last?.map { "\($0.name) \(try $0.value.scalar())" }.joined(separator: ", ") ?? ""
        for (parameter, gradient) in zip(store.parameters, gradients.values) {
            guard let value = try gradient?.scalars().first(where: { !$0.isFinite }) else { continue }
            let place = NonFiniteValue.Place.gradient(parameter: parameter.key, terms: "loss: \(terms)")
            return .notFinite(NonFiniteValue(place, value: value, step: step))
        }
        // Every gradient is finite, the sum of their squares is not.
        let place = NonFiniteValue.Place.gradient(parameter: "all parameters together", terms: "loss: \(terms)")
        return .notFinite(NonFiniteValue(place, value: .infinity, step: step))
    }

    private func firstNonFinite(in store: ParameterStore) throws(DeviceError) -> String? {
        for (parameter, value) in zip(store.parameters, store.values)
        where try !value.scalars().allSatisfy(\.isFinite) {
            return parameter.key
        }
        return nil
    }
}
