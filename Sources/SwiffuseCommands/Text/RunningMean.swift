/// The mean of values with weights that fall by 2 % per value; unbiased from the first one on.
struct RunningMean {
    private var sum = 0.0
    private var weight = 0.0

    var value: Double { weight == 0 ? 0 : sum / weight }

    mutating func add(_ value: Double) {
        sum = sum * 0.98 + value
        weight = weight * 0.98 + 1
    }
}
