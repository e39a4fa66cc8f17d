/// Why a pickle was refused.
struct PickleFailure: Error {
    let reason: String
}
