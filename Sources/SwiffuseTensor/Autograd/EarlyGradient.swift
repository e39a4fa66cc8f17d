/// Computes a scalar and at once its gradient, so that nothing of the computation is kept until the backward walk.
///
/// For a computation that needs much memory and hangs on one value: what it keeps is gone before the next one starts.
/// - Parameters:
///   - input: a recorded value, or not.
///   - block: a pure function; it must not use other recorded values.
/// - Returns: the scalar, recorded if the input is.
public func differentiatingEarly(_ input: Tensor, _ block: (Tensor) -> Tensor) -> Tensor {
    guard input.isTracked else { return block(input) }
    let tape = Tape()
    let watched = tape.watch(input.detached())
    let scalar = block(watched)
    require(scalar.shape.rank == 0, "differentiatingEarly", "a scalar expected, got \(scalar.shape)")
    guard let gradient = tape.gradients(of: scalar, withRespectTo: [watched])[0] else { return scalar.detached() }
    return scalar.detached().recorded(Pullback(input) { gradient * $0 })
}
